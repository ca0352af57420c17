// SPDX-License-Identifier: Apache-2.0
#include "host/api/device_memory.hpp"

#include <dlfcn.h>
#include <link.h>

#include <atomic>
#include <cstdint>

namespace gumbelcuda {
namespace {

// The part of the driver's interface (cuda.h) that is needed here; it does not change between versions.
using pointer_get_attribute = int (*)(void* data, int attribute, unsigned long long pointer);
using device_get_attribute = int (*)(int* value, int attribute, int device);
constexpr int memory_type = 2, is_managed = 8, device_ordinal = 9;  // CU_POINTER_ATTRIBUTE_…
constexpr unsigned device_type = 2;                                 // CU_MEMORYTYPE_DEVICE
constexpr int host_page_tables = 100;  // CU_DEVICE_ATTRIBUTE_PAGEABLE_MEMORY_ACCESS_USES_HOST_PAGE_TABLES

// Null: no part of the process has loaded the driver. The search is repeated only if something has been loaded since
// the last one, which the linker reports cheaply. Once found, the driver stays.
void* loaded_driver() {
  static std::atomic<void*> driver = nullptr;
  static std::atomic<unsigned long long> loads_seen = 0;
  if (void* found = driver.load()) return found;
  unsigned long long loads = 0;
  dl_iterate_phdr(
      [](dl_phdr_info* first, std::size_t, void* count) {
        *static_cast<unsigned long long*>(count) = first->dlpi_adds;
        return 1;
      },
      &loads);
  if (loads_seen.exchange(loads) != loads) driver = dlopen("libcuda.so.1", RTLD_LAZY | RTLD_NOLOAD);
  return driver;
}

template <class Function>
Function function(void* driver, const char* name) {
  return reinterpret_cast<Function>(dlsym(driver, name));
}

}  // namespace

bool is_device_memory(const void* pointer) {
  void* const driver = loaded_driver();
  if (!driver) return false;
  static const auto ask = function<pointer_get_attribute>(driver, "cuPointerGetAttribute");
  const auto address = static_cast<unsigned long long>(reinterpret_cast<std::uintptr_t>(pointer));
  unsigned type = 0, managed = 0;
  // An error means that the driver is not initialised or does not know the pointer.
  if (!ask || ask(&type, memory_type, address) != 0 || type != device_type) return false;
  if (ask(&managed, is_managed, address) == 0 && managed != 0) return false;
  // With shared page tables the CPU may be able to access a device's memory.
  static const auto ask_device = function<device_get_attribute>(driver, "cuDeviceGetAttribute");
  int device = 0, common = 0;
  return !ask_device || ask(&device, device_ordinal, address) != 0 ||
         ask_device(&common, host_page_tables, device) != 0 || common == 0;
}

}  // namespace gumbelcuda
