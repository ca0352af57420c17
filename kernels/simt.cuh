// SPDX-License-Identifier: Apache-2.0
// The one place where kernels meet what executes them. Here these names have their CUDA meaning. Tests also run kernels
// on the CPU: there tests/simt/instead/, which has a file of this name, is searched first. So kernels are CUDA C++
// without any #ifdef for this, except for these spellings:
//
//   GUMBELCUDA_SHARED(T, N, name);            __shared__ T name[N]
//   dynamic_shared<T>(first_byte)             the launch's dynamic shared memory, as a shared_pointer<T>
//   shared_pointer<T>, shared_cast<U>(p)      T* into shared memory; reinterpret_cast<U*>
//   atomic_load(p)                            the number there, which other threads may be changing by atomics
//   launch(kernel, {grid, block, shared_bytes, blocks_of_cluster}, stream, arguments...)
//                                             kernel<<<...>>>(arguments...) and its own status; without blocks nothing
//                                             runs, which is a success
//   most_dynamic_shared_bytes()               the most that a launch on this device can ask for
//   multiprocessors_for_clusters()            how many this device has if it launches clusters (cluster.cuh), else 0
//
// Read an element of shared memory into a variable of its type (`const T x = name[i];`), not into auto.
#pragma once

#include <cuda_runtime.h>

#include <cstddef>

#include "kernels/warp.hpp"

#define GUMBELCUDA_SHARED(T, N, name) __shared__ T name[N]

namespace gumbelcuda {

template <class T, std::size_t N>
using shared_array = T[N];
template <class T>
using shared_pointer = T*;

template <class T>
__device__ __forceinline__ shared_pointer<T> dynamic_shared(std::size_t first_byte = 0) {
  extern __shared__ __align__(16) unsigned char gumbelcuda_dynamic_shared[];
  return reinterpret_cast<T*>(gumbelcuda_dynamic_shared + first_byte);
}

template <class U, class T>
__device__ __forceinline__ shared_pointer<U> shared_cast(shared_pointer<T> pointer) {
  return reinterpret_cast<U*>(pointer);
}

template <class T>
__device__ __forceinline__ T atomic_load(shared_pointer<T> pointer) {
  return *static_cast<volatile T*>(pointer);
}

struct launch_shape {
  dim3 grid;
  dim3 block;
  std::size_t dynamic_shared_bytes = 0;
  unsigned blocks_of_cluster = 1;
};

using launch_stream = cudaStream_t;
using launch_status = cudaError_t;
inline constexpr launch_status launch_success = cudaSuccess;

inline std::size_t most_dynamic_shared_bytes() {
  int device = 0, bytes = 0;
  const bool known = cudaGetDevice(&device) == cudaSuccess &&
                     cudaDeviceGetAttribute(&bytes, cudaDevAttrMaxSharedMemoryPerBlockOptin, device) == cudaSuccess;
  return known && std::size_t(bytes) > most_static_shared_bytes ? std::size_t(bytes) - most_static_shared_bytes : 0;
}

inline unsigned multiprocessors_for_clusters() {
  int device = 0, clusters = 0, count = 0;
  const bool known = cudaGetDevice(&device) == cudaSuccess &&
                     cudaDeviceGetAttribute(&clusters, cudaDevAttrClusterLaunch, device) == cudaSuccess &&
                     cudaDeviceGetAttribute(&count, cudaDevAttrMultiProcessorCount, device) == cudaSuccess;
  return known && clusters != 0 ? unsigned(count) : 0;
}

template <class... Parameters, class... Arguments>
[[nodiscard]] launch_status launch(void (*kernel)(Parameters...), const launch_shape& shape, launch_stream stream,
                                   const Arguments&... arguments) {
  if (shape.grid.x == 0 || shape.grid.y == 0 || shape.grid.z == 0) return launch_success;
  // A kernel has one limit for all threads of the program, so it is always set to the same number: one that fits this
  // launch alone could be too small for another thread's.
  constexpr std::size_t without_asking = 48 * 1024 - most_static_shared_bytes;
  if (shape.dynamic_shared_bytes > without_asking)
    if (const launch_status status =
            cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, int(most_dynamic_shared_bytes()));
        status != cudaSuccess)
      return status;
  cudaLaunchConfig_t config{};
  config.gridDim = shape.grid;
  config.blockDim = shape.block;
  config.dynamicSmemBytes = shape.dynamic_shared_bytes;
  config.stream = stream;
  cudaLaunchAttribute cluster{};
  cluster.id = cudaLaunchAttributeClusterDimension;
  cluster.val.clusterDim = {shape.blocks_of_cluster, 1, 1};
  config.attrs = &cluster;
  config.numAttrs = shape.blocks_of_cluster > 1 ? 1 : 0;
  // Not <<<>>>: its status comes from cudaGetLastError(), which may report an older failure of the caller.
  return cudaLaunchKernelEx(&config, kernel, static_cast<Parameters>(arguments)...);
}

}  // namespace gumbelcuda
