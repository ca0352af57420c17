// SPDX-License-Identifier: Apache-2.0
// A row of classes on the threads of a cluster's blocks: the part of a row (detail/rows/part.hpp) that one thread has.
// A row that is alone, or longer than one block's shared memory, so gets several multiprocessors. The blocks exchange
// what they found through each other's shared memory: nothing is written to global memory, so no workspace is needed.
#pragma once

#include "kernels/cluster.cuh"
#include "kernels/rows/threads.cuh"

namespace gumbelcuda {

// Neighbouring warps of a row are in neighbouring blocks: a block then adds up its own warps' slots before it adds
// those of other blocks, in the order that part.hpp states.
template <int Blocks, int Threads, int Quads>
class cluster_threads : row_threads<Threads, Quads, true> {
  using block_threads = row_threads<Threads, Quads, true>;
  static_assert(Threads > warp_size, "a warp's sum has no step between its blocks");

 public:
  using block_threads::is_looped;
  using block_threads::quads_each;
  using block_threads::shared_noise;
  using block_threads::slot_quads;
  using block_threads::threads;
  static constexpr int quads_of_round = Blocks * Threads;

  __device__ cluster_threads(std::uint64_t classes, bool exists)
      : block_threads(classes, exists), block_(block_of_cluster()) {
    if (threadIdx.x == 0) *half() = 0;
    cluster_sync();  // the other blocks have begun, and no longer read what a former row left here
  }

  // Every block calls this at its end, until which the others may read its shared memory.
  __device__ static void leave() { cluster_sync(); }

  __device__ std::int64_t quads() const {
    return std::int64_t((this->row_quads_ + quads_of_round - 1) / quads_of_round);
  }
  __device__ int rounds() const { return int(quads()); }
  __device__ int whole_rounds(std::uint64_t whole_quads) const { return int(whole_quads / quads_of_round); }
  __device__ std::uint64_t quad(std::int64_t n) const {
    const unsigned warp = threadIdx.x / warp_size, lane = threadIdx.x % warp_size;
    return std::uint64_t(n) * quads_of_round + (warp * Blocks + block_) * warp_size + lane;
  }
  __device__ bool has(std::int64_t n) const { return quad(n) < this->row_quads_; }
  __device__ bool is_leader() const { return block_ == 0 && block_threads::is_leader(); }

  using block_threads::any_nearby;
  using block_threads::best_so_far;
  template <class T>
  __device__ T max(T x) const {
    return over_blocks(block_threads::max(x), typename block_threads::larger{});
  }
  __device__ std::uint64_t min(std::uint64_t x) const {
    return over_blocks(block_threads::min(x), typename block_threads::smaller{});
  }
  __device__ std::uint64_t sum(std::uint64_t x) const {
    return over_blocks(block_threads::sum(x), typename block_threads::added{});
  }

  template <class V>
  __device__ V add(V* slots) const {
    constexpr int of_block = warp_size * quad_size;
    GUMBELCUDA_SHARED(V, 2 * of_block, of_warps);
    GUMBELCUDA_SHARED(V, 1, total);
    const int lane = int(threadIdx.x), from = next_half() * of_block;
    this->add_warps(slots);
    if (threadIdx.x < warp_size) {
      GUMBELCUDA_UNROLL
      for (int j = 0; j < quad_size; ++j) of_warps[from + j * warp_size + lane] = slots[j];
    }
    cluster_sync();
    if (threadIdx.x < warp_size) {
      GUMBELCUDA_UNROLL
      for (int j = 0; j < quad_size; ++j) {
        V of_blocks[Blocks];
        GUMBELCUDA_UNROLL
        for (int b = 0; b < Blocks; ++b) {
          const V one = *in_block(&of_warps[from + j * warp_size + lane], unsigned(b));
          of_blocks[b] = one;
        }
        add_slots(fixed<Blocks>{}, [&](int b) -> V& { return of_blocks[b]; });
        slots[j] = of_blocks[0];
      }
      this->add_lanes(slots);
      const V sum = add_quad(slots);
      if (lane == 0) total[0] = sum;
    }
    __syncthreads();
    const V sum = total[0];
    return sum;
  }

 private:
  // Exchanges use the two halves of their memory in turn. A block writes to a half again after the exchange that
  // follows, which no block enters before it has read this one's.
  __device__ static shared_pointer<int> half() {
    GUMBELCUDA_SHARED(int, 1, half_in_use);
    return &half_in_use[0];
  }
  // Every thread of the block calls this, and the cluster meets before the next call.
  __device__ int next_half() const {
    const int now = *half();
    __syncthreads();
    if (threadIdx.x == 0) *half() = 1 - now;
    return now;
  }

  // Over the blocks, each of which has one x.
  template <class T, class Choose>
  __device__ T over_blocks(T x, Choose choose) const {
    GUMBELCUDA_SHARED(T, 2 * Blocks, of_blocks);
    const int first = next_half() * Blocks;
    if (threadIdx.x < Blocks) *in_block(&of_blocks[first + int(block_)], threadIdx.x) = x;
    cluster_sync();
    const T one = of_blocks[first];
    T chosen = one;
    GUMBELCUDA_UNROLL
    for (int b = 1; b < Blocks; ++b) {
      const T other = of_blocks[first + b];
      chosen = choose(chosen, other);
    }
    return chosen;
  }

  unsigned block_;
};

}  // namespace gumbelcuda
