// SPDX-License-Identifier: Apache-2.0
// cudaLaunchKernelExC: the kernel becomes work of its stream, for a device whose memory is that of the fake runtime.
#include <cuda_runtime.h>

#include <cstdio>
#include <cstring>

#include "tests/ptx/launch.hpp"
#include "tests/ptx/runtime/kernels.hpp"
#include "tests/simt/device.hpp"
#include "tests/simt/runtime/world.hpp"
#include "tests/simt/schedule.hpp"

namespace gumbelcuda::ptx {
namespace {

using fake_cuda::world;

// What kernels of a device may access: its allocations, registered host memory and, if the machine says so, all memory
// that is no device's.
class device_memory : public global_memory {
 public:
  [[nodiscard]] memory_range piece_at(std::uintptr_t address) const override {
    const world& w = world::get();
    const auto number = [](const void* p) { return reinterpret_cast<std::uintptr_t>(p); };
    memory_range none_between{0, ~std::uintptr_t{0}};
    for (const auto& [at, piece] : w.allocations) {
      const memory_range range{number(at), number(at) + piece.bytes};
      if (address >= range.begin && address < range.end)
        return piece.device == w.working_device ? range : memory_range{};
      if (range.end <= address && range.end > none_between.begin) none_between.begin = range.end;
      if (range.begin > address && range.begin < none_between.end) none_between.end = range.begin;
    }
    if (w.is.reaches_host_memory) return none_between;
    for (const auto& [at, bytes] : w.known_pages)
      if (address >= number(at) && address < number(at) + bytes) return {number(at), number(at) + bytes};
    return {};
  }
};

// A launch keeps the values of its arguments, because the caller's end with the call.
struct arguments {
  std::vector<std::vector<unsigned char>> values;
  std::vector<const void*> pointers;

  arguments(const function& kernel, void** given) {
    for (std::size_t n = 0; n < kernel.parameters.size(); ++n) {
      const auto* const first = static_cast<const unsigned char*>(given[n]);
      values.emplace_back(first, first + kernel.parameters[n].bytes);
    }
    for (const auto& value : values) pointers.push_back(value.data());
  }
};

// A kernel that cannot be read is no misuse: CUDA's libraries have some, and the library does without them then.
cudaError_t refused(const std::exception& failure, cudaError_t code) {
  std::fprintf(stderr, "%s\n", failure.what());
  if (code != cudaErrorInvalidPtx) world::get().complain(failure.what());
  fake_cuda::last_error() = code;
  return code;
}

// 0, which no launch has, for attributes that this runtime does not know, or more than one.
unsigned blocks_of_cluster(const cudaLaunchConfig_t& config) {
  if (config.numAttrs == 0) return 1;
  const cudaLaunchAttribute& only = config.attrs[0];
  if (config.numAttrs > 1 || only.id != cudaLaunchAttributeClusterDimension) return 0;
  const auto& size = only.val.clusterDim;
  return size.y == 1 && size.z == 1 ? size.x : 0;
}

cudaError_t launch_registered(const cudaLaunchConfig_t& config, const void* host_function, void** given) {
  registered_kernels& all = registered_kernels::get();
  const auto* const kernel = all.find(host_function);
  if (kernel == nullptr) return cudaErrorInvalidDeviceFunction;
  const function* found = nullptr;
  try {
    found = all.function_of(*kernel);
  } catch (const error& failure) {
    return refused(failure, cudaErrorInvalidPtx);
  }
  if (found == nullptr) return cudaErrorInvalidDeviceFunction;
  launch_limits limits;
  limits.shared_bytes = std::max(limits.shared_bytes, found->static_shared_bytes + kernel->most_dynamic_shared);
  if (config.numAttrs > 0 && gumbelcuda::simt::device_with_clusters::at_once() == 0)
    return refused(error(error_kind::launch_shape, "the device has no room for a cluster"),
                   cudaErrorInvalidClusterSize);
  const launch_shape shape{config.gridDim, config.blockDim, config.dynamicSmemBytes, blocks_of_cluster(config)};
  try {
    check_launch(*found, shape, limits);
  } catch (const error& failure) {
    return refused(failure, cudaErrorInvalidConfiguration);
  }
  const auto work = [found, limits, shape, kept = std::make_shared<arguments>(*found, given),
                     order = simt::schedule_seed] {
    try {
      launch(*found, shape, kept->pointers.data(), device_memory{}, limits, order);
    } catch (const error& failure) {
      std::fprintf(stderr, "%s\n", failure.what());
      throw;
    }
  };
  const std::uint64_t steps = all.steps_of ? all.steps_of(kernel->name, given) : 1;
  return fake_cuda::launch(config.stream, steps, work);
}

}  // namespace
}  // namespace gumbelcuda::ptx

cudaError_t cudaLaunchKernelExC(const cudaLaunchConfig_t* config, const void* function, void** arguments) {
  const std::lock_guard lock(gumbelcuda::fake_cuda::world::get().mutex);
  return gumbelcuda::ptx::launch_registered(*config, function, arguments);
}

cudaError_t cudaFuncSetAttribute(const void* function, cudaFuncAttribute attribute, int value) {
  const std::lock_guard lock(gumbelcuda::fake_cuda::world::get().mutex);
  auto* const kernel = gumbelcuda::ptx::registered_kernels::get().find(function);
  if (kernel == nullptr) return cudaErrorInvalidDeviceFunction;
  if (attribute != cudaFuncAttributeMaxDynamicSharedMemorySize || value < 0) return cudaErrorInvalidValue;
  const auto* const function_in_ptx = gumbelcuda::ptx::registered_kernels::get().function_of(*kernel);
  int most = 0;
  if (const cudaError_t status = cudaDeviceGetAttribute(&most, cudaDevAttrMaxSharedMemoryPerBlockOptin, 0);
      status != cudaSuccess)
    return status;
  if (function_in_ptx == nullptr) return cudaErrorInvalidDeviceFunction;
  if (function_in_ptx->static_shared_bytes + std::size_t(value) > std::size_t(most)) return cudaErrorInvalidValue;
  kernel->most_dynamic_shared = std::size_t(value);
  return cudaSuccess;
}
