// SPDX-License-Identifier: Apache-2.0
// Weights by bin, and a buffer for the few numbers of a row that matter (detail/rows/row_histogram.hpp), in shared
// memory: for rows on the threads of a block (threads.cuh), which a warp has, or the whole block.
#pragma once

#include "gumbelcuda/detail/rows/row_histogram.hpp"
#include "kernels/rows/threads.cuh"

namespace gumbelcuda {

// Of a block whose rows have so many threads each.
template <int Threads>
inline constexpr int most_rows_of_block = Threads > warp_size ? 1 : 4;

template <int Threads>
__device__ int row_of_block() {
  return int(threadIdx.x) / Threads;
}
template <int Threads>
__device__ void synchronize_row() {
  static_assert(Threads >= warp_size);
  if constexpr (Threads > warp_size)
    __syncthreads();
  else
    __syncwarp();
}

// On hardware an atomic addition of 64 bits to shared memory is a loop. So lower and upper words of the sums lie apart,
// and whoever makes a lower word wrap adds the carry. Most weights are less than 2^32, and leave the upper word alone.
template <int Threads>
class histograms_in_shared {
  static constexpr int warps = Threads / warp_size, rows = most_rows_of_block<Threads>;
  static constexpr int bin_bits = Threads > warp_size ? 10 : 8;

 public:
  __device__ histograms_in_shared() : thread_(int(threadIdx.x) % Threads) {
    GUMBELCUDA_SHARED(unsigned, 2 * bins * rows, lower);
    GUMBELCUDA_SHARED(unsigned, 2 * bins * rows, upper);
    lower_ = lower + row_of_block<Threads>() * 2 * bins;
    upper_ = upper + row_of_block<Threads>() * 2 * bins;
  }
  __device__ static constexpr int bits() { return bin_bits; }
  __device__ static constexpr int few_bits() { return bits(); }

  __device__ void clear(int which, int) const {
    GUMBELCUDA_UNROLL
    for (int i = 0; i < bins_each; ++i) {
      lower_[own_bin(which, i)] = 0u;
      upper_[own_bin(which, i)] = 0u;
    }
    synchronize_row<Threads>();
  }
  template <std::size_t N>
  __device__ void add(int which, const int (&bin)[N], const std::uint64_t (&weight)[N]) const {
    unsigned high[N], any = 0;
    GUMBELCUDA_UNROLL
    for (std::size_t i = 0; i < N; ++i) {
      const unsigned low = unsigned(weight[i]), before = atomicAdd(&lower_[which * bins + bin[i]], low);
      high[i] = unsigned(weight[i] >> 32) + (before + low < low ? 1u : 0u);
      any |= high[i];
    }
    if (any == 0) return;
    GUMBELCUDA_UNROLL
    for (std::size_t i = 0; i < N; ++i)
      if (high[i] != 0) atomicAdd(&upper_[which * bins + bin[i]], high[i]);
  }
  __device__ std::uint64_t own_before(int which, int bin) const {
    synchronize_row<Threads>();
    std::uint64_t sum = 0;
    GUMBELCUDA_UNROLL
    for (int i = 0; i < bins_each; ++i) sum += thread_ * bins_each + i < bin ? own_sum(which, i) : 0;
    return sum;
  }
  template <class WantedOf>
  __device__ reached_bin reach(int which, WantedOf wanted_of) const {
    synchronize_row<Threads>();
    std::uint64_t sums[bins_each];
    GUMBELCUDA_UNROLL
    for (int i = 0; i < bins_each; ++i) sums[i] = own_sum(which, i);
    return reach_in(sums, wanted_of);
  }

 protected:
  static constexpr int bins = 1 << bin_bits, bins_each = bins / Threads;

  // sums: of the thread's own bins.
  template <class WantedOf>
  __device__ reached_bin reach_in(const std::uint64_t* sums, WantedOf wanted_of) const {
    GUMBELCUDA_SHARED(int, rows, bin);
    GUMBELCUDA_SHARED(std::uint64_t, rows, wanted);
    GUMBELCUDA_SHARED(std::uint64_t, rows, inside);
    const int row = row_of_block<Threads>();
    std::uint64_t own = 0, total = 0;
    GUMBELCUDA_UNROLL
    for (int i = 0; i < bins_each; ++i) own += sums[i];
    std::uint64_t before = sum_before(own, total);
    const std::uint64_t of_all = wanted_of(total);
    if (thread_ == 0 && total < of_all) bin[row] = int(bins);
    GUMBELCUDA_UNROLL
    for (int i = 0; i < bins_each; ++i) {
      if (before < of_all && of_all - before <= sums[i]) {
        bin[row] = thread_ * bins_each + i;
        wanted[row] = of_all - before;
        inside[row] = sums[i];
      }
      before += sums[i];
    }
    synchronize_row<Threads>();
    reached_bin reached{bin[row], 0, 0};
    if (reached.bin < bins) {
      reached.wanted = wanted[row];
      reached.inside = inside[row];
    }
    return reached;
  }

  __device__ int own_bin(int which, int i) const { return which * bins + thread_ * bins_each + i; }
  __device__ std::uint64_t own_sum(int which, int i) const {
    const unsigned low = lower_[own_bin(which, i)], high = upper_[own_bin(which, i)];
    return std::uint64_t{high} << 32 | low;
  }
  // Σ of `own` over the threads before this one, and over all.
  __device__ std::uint64_t sum_before(std::uint64_t own, std::uint64_t& total) const {
    const int lane = thread_ % warp_size;
    std::uint64_t through = own;
    GUMBELCUDA_UNROLL
    for (int distance = 1; distance < warp_size; distance *= 2) {
      const std::uint64_t earlier = __shfl_up_sync(whole_warp, through, unsigned(distance));
      through += lane >= distance ? earlier : 0;
    }
    std::uint64_t before = through - own;
    if constexpr (warps > 1) {
      GUMBELCUDA_SHARED(std::uint64_t, warps, of_warps);
      if (lane == warp_size - 1) of_warps[thread_ / warp_size] = through;
      __syncthreads();
      GUMBELCUDA_UNROLL
      for (int w = 0; w < warps; ++w) {
        const std::uint64_t one = of_warps[w];
        before += w < thread_ / warp_size ? one : 0;
        total += one;
      }
    } else {
      total = __shfl_sync(whole_warp, through, warp_size - 1);
    }
    return before;
  }

  int thread_;
  shared_pointer<unsigned> lower_, upper_;
};

template <class V, int Threads>
class buffer_in_shared {
  static constexpr int rows = most_rows_of_block<Threads>;

 public:
  static constexpr int capacity = (Threads > warp_size ? 16384 : 1024) / int(sizeof(V));

  __device__ buffer_in_shared() {
    GUMBELCUDA_SHARED(V, capacity * rows, values);
    GUMBELCUDA_SHARED(int, rows, size);
    values_ = values + row_of_block<Threads>() * capacity;
    size_ = size + row_of_block<Threads>();
  }

  __device__ void clear() const {
    synchronize_row<Threads>();
    if (threadIdx.x % Threads == 0) *size_ = 0;
    synchronize_row<Threads>();
  }
  __device__ void push(V x) const { push_to(size_, values_, x); }
  __device__ bool close() {
    synchronize_row<Threads>();
    filled_ = *size_;
    return filled_ <= capacity;
  }
  template <class Body>
  __device__ void for_each(Body body) const {
    GUMBELCUDA_ROLLED
    for (int i = int(threadIdx.x % Threads); i < filled_; i += Threads) {
      const V x = values_[i];
      body(x);
    }
  }

 protected:
  __device__ static void push_to(shared_pointer<int> size, shared_pointer<V> values, V x) {
    if (atomic_load(size) > int(capacity)) return;  // the size cannot overflow
    const int at = atomicAdd(size, 1);
    if (at < capacity) values[at] = x;
  }

  int filled_ = 0;
  shared_pointer<V> values_;
  shared_pointer<int> size_;
};

template <int Threads, int Quads, bool Looped>
__device__ histograms_in_shared<Threads> histograms_of(const row_threads<Threads, Quads, Looped>&, std::uint64_t) {
  return {};
}
template <int Threads, int Quads, bool Looped, class V>
__device__ buffer_in_shared<V, Threads> buffer_of(const row_threads<Threads, Quads, Looped>&, V) {
  return {};
}

}  // namespace gumbelcuda
