// SPDX-License-Identifier: Apache-2.0
// A row of classes on the threads of a block: the part of a row (detail/rows/part.hpp) that one thread has. Thread t of
// the row has quads t, t + Threads, …, so that neighbouring threads read neighbouring memory.
#pragma once

#include "gumbelcuda/detail/rows/part.hpp"
#include "kernels/simt.cuh"
#include "kernels/warp.hpp"

namespace gumbelcuda {

// Threads: a power of two. Up to 32 they are lanes of a warp, which then has several rows; more are a whole block.
// Quads: how many of a thread's quads have slots of their own. Looped: the code loops over quads; otherwise it is
// unrolled, so that quads may stay in registers. With Looped a row may have more than Threads·Quads quads, if that many
// slots are the most that a row has. Every thread of a warp makes every call, whether its row exists or not.
template <int Threads, int Quads, bool Looped = false>
class row_threads {
  static_assert(!Looped || Threads >= warp_size, "rows of one warp would not loop as often");

 public:
  static constexpr int threads = Threads, quads_each = Quads, quads_of_round = Threads;
  static constexpr bool is_looped = Looped;
  static constexpr fixed<Quads> slot_quads{};
  static constexpr bool shared_noise = true;

  __device__ row_threads(std::uint64_t classes, bool exists)
      // A block has one row, which exists: then the number of quads is the same for all threads, and takes no register.
      : row_quads_(warps > 1 || exists ? quads_of(classes) : 0),
        rounds_(int((quads_of(classes) + Threads - 1) / Threads)),
        classes_(int(classes)),
        thread_(threadIdx.x % Threads) {}

  __device__ auto quads() const {
    if constexpr (Looped)
      return std::int64_t((row_quads_ + Threads - 1) / Threads);
    else
      return slot_quads;
  }
  __device__ int rounds() const { return rounds_; }
  __device__ int whole_rounds(std::uint64_t whole_quads) const requires Looped { return int(whole_quads / Threads); }
  __device__ std::uint64_t quad(std::int64_t n) const { return std::uint64_t(n) * Threads + thread_; }
  __device__ bool has(std::int64_t n) const { return quad(n) < row_quads_; }
  // With the plan for the row's length the first half of the quads have four classes each; without, more are computed.
  __device__ int classes_of_quad(std::int64_t n) const requires(Threads == 1) {
    return n < Quads / 2 ? quad_size : classes_ - int(n) * quad_size;
  }
  __device__ bool in_step(std::int64_t n) const requires(!Looped) { return int(n) < rounds_; }
  __device__ bool is_leader() const { return thread_ == 0 && row_quads_ > 0; }

  template <class T>
  __device__ T max(T x) const {
    return over_row(x, larger{});
  }
  __device__ std::uint64_t min(std::uint64_t x) const { return over_row(x, smaller{}); }
  __device__ std::uint64_t sum(std::uint64_t x) const { return over_row(x, added{}); }
  __device__ bool any_nearby(bool b) const { return __any_sync(whole_warp, b) != 0; }
  __device__ auto best_so_far() const {
    if constexpr (warps > 1)
      return best_of_block();
    else
      return best_of_lanes();
  }

  template <class V>
  __device__ V add(V* slots) const {
    if constexpr (warps > 1) {
      GUMBELCUDA_SHARED(V, 1, total);
      add_warps(slots);
      if (thread_ < warp_size) {
        add_lanes(slots);
        const V sum = add_quad(slots);
        if (thread_ == 0) total[0] = sum;
      }
      __syncthreads();
      const V sum = total[0];
      return sum;
    } else {
      add_lanes(slots);
      return __shfl_sync(whole_warp, add_quad(slots), 0, lanes);
    }
  }

 protected:
  static constexpr int lanes = Threads < warp_size ? Threads : warp_size, warps = Threads / lanes;

  __device__ static std::uint64_t quads_of(std::uint64_t classes) { return (classes + quad_size - 1) / quad_size; }

  struct larger {
    template <class T>
    __device__ T operator()(T a, T b) const {
      return a > b ? a : b;
    }
  };
  struct smaller {
    template <class T>
    __device__ T operator()(T a, T b) const {
      return a < b ? a : b;
    }
  };
  struct added {
    __device__ std::uint64_t operator()(std::uint64_t a, std::uint64_t b) const { return a + b; }
  };

  class best_of_lanes {
   public:
    __device__ void raise(float x) { best_ = over_lanes(x, larger{}); }
    __device__ float latest() const { return best_; }

   private:
    float best_ = -INFINITY;
  };
  // In shared memory, as bits. The order of positive floats is that of their bits as signed integers, and the order of
  // negative ones is that of their bits as unsigned integers, turned round; neither of the two atomics lets a negative
  // float replace a positive one. −0 counts as less than any other number, so it may stay without effect.
  class best_of_block {
   public:
    __device__ best_of_block() {
      if (threadIdx.x == 0) *place() = int(to_bits(-INFINITY));
      __syncthreads();
    }
    __device__ void raise(float x) {
      x = over_lanes(x, larger{});
      if (threadIdx.x % warp_size != 0) return;
      if (x >= 0)
        atomicMax(place(), int(to_bits(x)));
      else
        atomicMin(shared_cast<unsigned>(place()), to_bits(x));
    }
    __device__ float latest() const { return from_bits(std::uint32_t(atomic_load(place()))); }

   private:
    __device__ static shared_pointer<int> place() {
      GUMBELCUDA_SHARED(int, 1, best);
      return best;
    }
  };

  template <class T, class Choose>
  __device__ static T over_lanes(T x, Choose choose, int width = lanes) {
    GUMBELCUDA_UNROLL
    for (int distance = width / 2; distance > 0; distance /= 2)
      x = choose(x, __shfl_xor_sync(whole_warp, x, distance, width));
    return x;
  }
  template <class T, class Choose>
  __device__ T over_row(T x, Choose choose) const {
    x = over_lanes(x, choose);
    if constexpr (warps > 1) {
      GUMBELCUDA_SHARED(T, warps, of_warps);
      if (thread_ % warp_size == 0) of_warps[thread_ / warp_size] = x;
      __syncthreads();
      const T one = of_warps[thread_ % warps];
      __syncthreads();
      x = over_lanes(one, choose, warps);
    }
    return x;
  }

  // Adds the slots of the threads with the same lane; those of the first warp get the sums.
  template <class V>
  __device__ void add_warps(V* slots) const {
    GUMBELCUDA_SHARED(V, Threads * quad_size, of_threads);
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) of_threads[j * Threads + int(thread_)] = slots[j];
    __syncthreads();
    if (thread_ >= warp_size) return;
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) {
      V of_warps[warps];
      GUMBELCUDA_UNROLL
      for (int w = 0; w < warps; ++w) {
        const V one = of_threads[j * Threads + w * warp_size + int(thread_)];
        of_warps[w] = one;
      }
      add_slots(fixed<warps>{}, [&](int w) -> V& { return of_warps[w]; });
      slots[j] = of_warps[0];
    }
  }
  // Adds the slots of lane l + half to those of lane l, and so on, until lane 0 has the sum.
  template <class V>
  __device__ static void add_lanes(V* slots) {
    GUMBELCUDA_UNROLL
    for (int half = lanes / 2; half > 0; half /= 2) {
      GUMBELCUDA_UNROLL
      for (int j = 0; j < quad_size; ++j)
        slots[j] = slots[j] + __shfl_down_sync(whole_warp, slots[j], unsigned(half), lanes);
    }
  }

  std::uint64_t row_quads_;
  int rounds_;   // no memory holds a row with more
  int classes_;  // of rows of one thread
  unsigned thread_;
};

// The same for rows with seeds of their own.
template <class Threads>
struct seeded_threads : Threads {
  using Threads::Threads;
  static constexpr bool shared_noise = false;
};

}  // namespace gumbelcuda
