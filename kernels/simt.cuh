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
//   clusters_at_once(kernel, shape)           how many of the launch's clusters (cluster.cuh) this device runs side by
//                                             side; 0: it launches none of this shape
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

namespace detail {

// The runtime's description of a launch. It points into itself.
struct launch_config {
  cudaLaunchConfig_t config{};
  cudaLaunchAttribute cluster{};

  launch_config(const launch_shape& shape, launch_stream stream) {
    config.gridDim = shape.grid;
    config.blockDim = shape.block;
    config.dynamicSmemBytes = shape.dynamic_shared_bytes;
    config.stream = stream;
    cluster.id = cudaLaunchAttributeClusterDimension;
    cluster.val.clusterDim = {shape.blocks_of_cluster, 1, 1};
    config.attrs = &cluster;
    config.numAttrs = shape.blocks_of_cluster > 1 ? 1 : 0;
  }
  launch_config(const launch_config&) = delete;
  launch_config& operator=(const launch_config&) = delete;
};

// A kernel has one limit for all threads of the program, so it is always set to the same number: one that fits this
// launch alone could be too small for another thread's.
template <class Kernel>
launch_status permit_shared_bytes(Kernel kernel, const launch_shape& shape) {
  constexpr std::size_t without_asking = 48 * 1024 - most_static_shared_bytes;
  if (shape.dynamic_shared_bytes <= without_asking) return launch_success;
  return cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, int(most_dynamic_shared_bytes()));
}

}  // namespace detail

template <class... Parameters>
unsigned clusters_at_once(void (*kernel)(Parameters...), const launch_shape& shape) {
  // A device without clusters has no code of this kernel either, and would report that as the caller's last error.
  int device = 0, launches_clusters = 0, clusters = 0;
  const detail::launch_config described(shape, {});
  const bool known = cudaGetDevice(&device) == cudaSuccess &&
                     cudaDeviceGetAttribute(&launches_clusters, cudaDevAttrClusterLaunch, device) == cudaSuccess &&
                     launches_clusters != 0 && detail::permit_shared_bytes(kernel, shape) == cudaSuccess &&
                     cudaOccupancyMaxActiveClusters(&clusters, kernel, &described.config) == cudaSuccess;
  return known ? unsigned(clusters) : 0;
}

template <class... Parameters, class... Arguments>
[[nodiscard]] launch_status launch(void (*kernel)(Parameters...), const launch_shape& shape, launch_stream stream,
                                   const Arguments&... arguments) {
  if (shape.grid.x == 0 || shape.grid.y == 0 || shape.grid.z == 0) return launch_success;
  if (const launch_status status = detail::permit_shared_bytes(kernel, shape); status != launch_success) return status;
  const detail::launch_config described(shape, stream);
  // Not <<<>>>: its status comes from cudaGetLastError(), which may report an older failure of the caller.
  return cudaLaunchKernelEx(&described.config, kernel, static_cast<Parameters>(arguments)...);
}

}  // namespace gumbelcuda
