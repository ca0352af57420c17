// SPDX-License-Identifier: Apache-2.0
// Kernels of the usual kinds. The same source is run under the interpreter and compiled by nvcc for a GPU.
#pragma once

#include "kernels/simt.cuh"

namespace gumbelcuda::examples {

// How many threads this thread's warp has in a block of `threads`.
__device__ __forceinline__ unsigned warp_members(unsigned threads) {
  const unsigned first = threadIdx.x / 32 * 32;
  const unsigned count = threads - first;
  return count >= 32 ? 0xffffffffu : (1u << count) - 1;
}

// Each group of Width neighbouring lanes adds its values; every lane of the group receives the sum.
template <class T, int Width>
__global__ void __launch_bounds__(128)
    group_sum_kernel(const T* __restrict__ values, T* __restrict__ sums, unsigned count) {
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  T sum = i < count ? __ldg(values + i) : T(0);
  for (int distance = Width / 2; distance > 0; distance /= 2) {
    sum += __shfl_xor_sync(0xffffffffu, sum, distance, Width);
  }
  if (i < count) sums[i] = sum;
}

// One sum for each block, with any number of threads up to 1024: shuffles within warps, shared memory between them.
template <class T>
__global__ void block_sum_kernel(const T* values, T* sums, unsigned count) {
  GUMBELCUDA_SHARED(T, 32, partial);
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  const unsigned lane = threadIdx.x % 32;
  const unsigned members = warp_members(blockDim.x);
  T sum = i < count ? values[i] : T(0);
  for (unsigned distance = 16; distance > 0; distance /= 2) {
    const T other = __shfl_down_sync(members, sum, (members >> lane >> distance & 1) ? distance : 0u);
    if (members >> lane >> distance & 1) sum += other;
  }
  if (lane == 0) partial[threadIdx.x / 32] = sum;
  __syncthreads();
  if (threadIdx.x == 0) {
    T total = T(0);
    for (unsigned w = 0; w < (blockDim.x + 31) / 32; ++w) total += partial[w];
    sums[blockIdx.x] = total;
  }
}

// The lanes of `active` vote on whether their value is odd; the other lanes do not take part.
template <class T>
__global__ void partial_ballot_kernel(const T* values, T* ballots, unsigned active) {
  const unsigned lane = threadIdx.x;
  if ((active >> lane & 1) == 0) return;
  ballots[lane] = T(__ballot_sync(active, int(values[lane] % 2)));
}

// Counts the values in each of `bins` bins: in dynamic shared memory for the block, then added up in global memory.
template <class Bin>
__global__ void histogram_kernel(const Bin* values, unsigned count, unsigned bins, unsigned* totals) {
  const shared_pointer<unsigned> counts = dynamic_shared<unsigned>();
  for (unsigned b = threadIdx.x; b < bins; b += blockDim.x) counts[b] = 0;
  __syncthreads();
  for (unsigned i = blockIdx.x * blockDim.x + threadIdx.x; i < count; i += gridDim.x * blockDim.x) {
    atomicAdd(&counts[values[i]], 1u);
  }
  __syncthreads();
  for (unsigned b = threadIdx.x; b < bins; b += blockDim.x) {
    const unsigned seen = counts[b];
    if (seen != 0) atomicAdd(totals + b, seen);
  }
}

// Transposes a tile of Side × Side values through shared memory; blocks have Side × Side threads.
template <class T, unsigned Side>
__global__ void transpose_kernel(const T* from, T* to, unsigned rows, unsigned columns) {
  GUMBELCUDA_SHARED(T, Side * (Side + 1), tile);
  const unsigned row = blockIdx.y * Side + threadIdx.y, column = blockIdx.x * Side + threadIdx.x;
  if (row < rows && column < columns) tile[threadIdx.y * (Side + 1) + threadIdx.x] = from[row * columns + column];
  __syncthreads();
  const unsigned row_to = blockIdx.x * Side + threadIdx.y, column_to = blockIdx.y * Side + threadIdx.x;
  if (row_to < columns && column_to < rows) {
    to[row_to * rows + column_to] = tile[threadIdx.x * (Side + 1) + threadIdx.y];
  }
}

// The last block to finish adds up the results of all blocks.
template <class T>
__global__ void last_block_sum_kernel(const T* values, unsigned count, T* partial, unsigned* finished, T* total) {
  GUMBELCUDA_SHARED(T, 1, sum);
  if (threadIdx.x == 0) sum[0] = T(0);
  __syncthreads();
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < count) atomicAdd(&sum[0], values[i]);
  __syncthreads();
  bool last = false;
  if (threadIdx.x == 0) {
    partial[blockIdx.x] = sum[0];
    __threadfence();
    last = atomicAdd(finished, 1u) == gridDim.x - 1;
  }
  if (__syncthreads_or(last) && threadIdx.x == 0) {
    T all = T(0);
    for (unsigned b = 0; b < gridDim.x; ++b) all += __ldcg(partial + b);
    *total = all;
  }
}

}  // namespace gumbelcuda::examples
