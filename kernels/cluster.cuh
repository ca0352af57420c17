// SPDX-License-Identifier: Apache-2.0
// What simt.cuh is for a block, for a cluster of blocks, which devices of compute capability 9.0 and later launch. Only
// files that are compiled for these include it (kernels/rows/clusters/). Tests replace it, as they do simt.cuh.
//
//   block_of_cluster()   this block's number in its cluster
//   cluster_sync()       a barrier for all threads of the cluster's blocks; it is one of each block, too
//   in_block(p, b)       the place in the shared memory of block b that p is in this block's. Block b must have begun,
//                        which cluster_sync() shows, and must not end before the last access
//
// launch_shape has the number of blocks of a cluster.
#pragma once

#include "kernels/simt.cuh"

namespace gumbelcuda {

__device__ __forceinline__ unsigned block_of_cluster() { return __clusterRelativeBlockRank(); }

__device__ __forceinline__ void cluster_sync() {
  __cluster_barrier_arrive();
  __cluster_barrier_wait();
}

template <class T>
__device__ __forceinline__ shared_pointer<T> in_block(shared_pointer<T> pointer, unsigned block) {
  return static_cast<T*>(__cluster_map_shared_rank(pointer, block));
}

}  // namespace gumbelcuda
