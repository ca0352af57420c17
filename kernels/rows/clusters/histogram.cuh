// SPDX-License-Identifier: Apache-2.0
// Weights by bin, and a buffer for the few numbers of a row that matter (detail/rows/row_histogram.hpp), for rows on
// the threads of a cluster's blocks (threads.cuh). Each block has a histogram of its own; the first one has the buffer.
#pragma once

#include "kernels/rows/clusters/threads.cuh"
#include "kernels/rows/row_histogram.cuh"

namespace gumbelcuda {

template <int Blocks, int Threads>
class histograms_in_cluster : public histograms_in_shared<Threads> {
  using of_block = histograms_in_shared<Threads>;

 public:
  template <class WantedOf>
  __device__ reached_bin reach(int which, WantedOf wanted_of) const {
    cluster_sync();  // all blocks have added
    std::uint64_t sums[of_block::bins_each] = {};
    GUMBELCUDA_ROLLED
    for (int b = 0; b < Blocks; ++b) {
      const shared_pointer<unsigned> lower = in_block(&this->lower_[this->own_bin(which, 0)], unsigned(b)),
                                     upper = in_block(&this->upper_[this->own_bin(which, 0)], unsigned(b));
      GUMBELCUDA_UNROLL
      for (int i = 0; i < of_block::bins_each; ++i) {
        const unsigned low = lower[i], high = upper[i];
        sums[i] += std::uint64_t{high} << 32 | low;
      }
    }
    const reached_bin reached = this->reach_in(sums, wanted_of);
    cluster_sync();  // no block clears what another one still reads
    return reached;
  }
};

template <class V, int Blocks, int Threads>
class buffer_in_cluster : public buffer_in_shared<V, Threads> {
  using of_block = buffer_in_shared<V, Threads>;

 public:
  // No block still reads the old size: since it closed the buffer, the blocks have exchanged the largest logit in it
  // (bin_search::open).
  __device__ void clear() const {
    if (block_of_cluster() == 0 && threadIdx.x == 0) *this->size_ = 0;
    cluster_sync();
  }
  __device__ void push(V x) const { of_block::push_to(in_block(this->size_, 0), in_block(this->values_, 0), x); }
  __device__ bool close() {
    cluster_sync();
    this->filled_ = *in_block(this->size_, 0);
    return this->filled_ <= of_block::capacity;
  }
  template <class Body>
  __device__ void for_each(Body body) const {
    if (block_of_cluster() == 0) of_block::for_each(body);
  }
};

template <int Blocks, int Threads, int Quads>
__device__ histograms_in_cluster<Blocks, Threads> histograms_of(const cluster_threads<Blocks, Threads, Quads>&,
                                                                std::uint64_t) {
  return {};
}
template <int Blocks, int Threads, int Quads, class V>
__device__ buffer_in_cluster<V, Blocks, Threads> buffer_of(const cluster_threads<Blocks, Threads, Quads>&, V) {
  return {};
}

}  // namespace gumbelcuda
