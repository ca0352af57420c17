// SPDX-License-Identifier: Apache-2.0
// What nvcc's host code registers before main().
#include "tests/ptx/runtime/kernels.hpp"

#include <cuda_runtime.h>

#include <cstdio>
#include <cstdlib>

#include "tests/ptx/runtime/fatbinary.hpp"
#include "tests/simt/runtime/world.hpp"

namespace gumbelcuda::ptx {

registered_kernels& registered_kernels::get() {
  static registered_kernels all;
  return all;
}

// The world is to be there when this is destroyed.
registered_kernels::registered_kernels() { fake_cuda::world::get(); }

registered_kernels::~registered_kernels() {
  write_launched();
  fail_for_offences();
}

void registered_kernels::write_launched() const {
  const char* const path = std::getenv("GUMBELCUDA_PTX_LAUNCHED");
  if (path == nullptr || launched_.empty()) return;
  if (std::FILE* const file = std::fopen(path, "a")) {
    std::string names;
    for (const std::string& name : launched_) names += name + "\n";
    std::fwrite(names.data(), 1, names.size(), file);
    std::fclose(file);
  }
}

// A test that knows of the fake devices looks itself. A program whose kernel failed was told, by every call since.
void registered_kernels::fail_for_offences() {
  const fake_cuda::world& w = fake_cuda::world::get();
  if (w.installed || w.broken != cudaSuccess || w.offences.empty()) return;
  std::fflush(nullptr);
  for (const std::string& offence : w.offences)
    std::fprintf(stderr, "misuse of the CUDA runtime: %s\n", offence.c_str());
  std::_Exit(EXIT_FAILURE);
}

registered_kernels::image* registered_kernels::add_image(const void* wrapper) {
  images_.push_back(std::make_unique<image>(image{wrapper, nullptr}));
  return images_.back().get();
}

registered_kernels::kernel* registered_kernels::find(const void* host_function) {
  const auto found = kernels_.find(host_function);
  return found == kernels_.end() ? nullptr : &found->second;
}

std::vector<const registered_kernels::kernel*> registered_kernels::whose_names_have(const std::string& part) const {
  std::vector<const kernel*> found;
  for (const auto& [host_function, registered] : kernels_)
    if (registered.name.find(part) != std::string::npos) found.push_back(&registered);
  return found;
}

std::string registered_kernels::all_ptx() const {
  std::string all;
  for (const auto& each : images_) all += ptx_of_fatbinary(each->wrapper);
  return all;
}

const function* registered_kernels::function_of(const kernel& launched) {
  image& from = *launched.from;
  if (from.read == nullptr) {
    std::string text = ptx_of_fatbinary(from.wrapper);
    from.read = std::make_unique<module>(edit ? edit(std::move(text)) : std::move(text));
  }
  const function* const found = from.read->find(launched.name);
  if (found != nullptr) launched_.insert(launched.name);
  return found;
}

}  // namespace gumbelcuda::ptx

using gumbelcuda::ptx::registered_kernels;

extern "C" {

void** __cudaRegisterFatBinary(void* wrapper) {
  return reinterpret_cast<void**>(registered_kernels::get().add_image(wrapper));
}
void __cudaRegisterFatBinaryEnd(void**) {}
void __cudaUnregisterFatBinary(void**) {}
char __cudaInitModule(void**) { return 0; }

void __cudaRegisterFunction(void** image, const char* host_function, char*, const char* name, int, uint3*, uint3*,
                            dim3*, dim3*, int*) {
  registered_kernels::get().add_kernel(host_function, reinterpret_cast<registered_kernels::image*>(image), name);
}

// Variables: a kernel that uses one cannot be read, so nobody asks where it is.
void __cudaRegisterVar(void**, char*, char*, const char*, int, std::size_t, int, int) {}

}  // extern "C"
