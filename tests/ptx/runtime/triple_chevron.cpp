// SPDX-License-Identifier: Apache-2.0
// What nvcc makes of kernel<<<grid, block, shared, stream>>>(arguments...): the configuration is pushed, and a function
// for the kernel pops it and launches. kernels/simt.cuh does not use this, but programs do.
#include <cuda_runtime.h>

#include <vector>

#include "tests/simt/runtime/world.hpp"

namespace {

struct configuration {
  dim3 grid, block;
  std::size_t shared_bytes;
  cudaStream_t stream;
};

// An argument may itself launch a kernel.
thread_local std::vector<configuration> pushed;

}  // namespace

extern "C" {

unsigned __cudaPushCallConfiguration(dim3 grid, dim3 block, std::size_t shared_bytes, CUstream_st* stream) {
  pushed.push_back({grid, block, shared_bytes, stream});
  return 0;
}

cudaError_t __cudaPopCallConfiguration(dim3* grid, dim3* block, std::size_t* shared_bytes, void* stream) {
  if (pushed.empty()) return cudaErrorMissingConfiguration;
  const configuration& last = pushed.back();
  *grid = last.grid;
  *block = last.block;
  *shared_bytes = last.shared_bytes;
  *static_cast<cudaStream_t*>(stream) = last.stream;
  pushed.pop_back();
  return cudaSuccess;
}

// The handle of a kernel is the host's function for it.
cudaError_t __cudaGetKernel(cudaKernel_t* kernel, const void* host_function) {
  *kernel = reinterpret_cast<cudaKernel_t>(const_cast<void*>(host_function));
  return cudaSuccess;
}

cudaError_t __cudaLaunchKernel(cudaKernel_t kernel, dim3 grid, dim3 block, void** arguments, std::size_t shared_bytes,
                               cudaStream_t stream) {
  cudaLaunchConfig_t config{};
  config.gridDim = grid;
  config.blockDim = block;
  config.dynamicSmemBytes = shared_bytes;
  config.stream = stream;
  const cudaError_t status = cudaLaunchKernelExC(&config, kernel, arguments);
  // Nobody sees what <<<>>> returns.
  if (status != cudaSuccess) gumbelcuda::fake_cuda::last_error() = status;
  return status;
}

}  // extern "C"
