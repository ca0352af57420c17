// SPDX-License-Identifier: Apache-2.0
// What the filters (filters.hpp) need of a part of a row (part.hpp) beyond what all operations need: weights by bin,
// and a buffer for the few numbers of the row that matter. Here for a part that is the whole row; those of a GPU's
// threads are in kernels/rows/row_histogram.cuh.
//
//   histograms_of(part, classes)   two histograms, 0 and 1, for a row of so many classes
//     bits(), few_bits()           2^bits() is the number of bins; 2^few_bits() suffices for numbers of the buffer
//     clear(i, bits)               starts histogram i anew, with 2^bits bins
//     add(i, bins, weights)        adds weights, which may be 0, to as many bins
//     own_before(i, bin)           the part's share of the weights before a bin
//     reach(i, wanted_of)          see reached_bin; wanted_of(Σ of all weights) says what is wanted, at least 1
//   buffer_of(part, V{})           a buffer for numbers V
//     capacity                     how many
//     clear(), push(x)
//     close()                      to be called after the last push(x): whether there was room for all
//     for_each(body)               calls body(x) for the part's share
//
// Every part must make all calls but those of add() and push(), and gets the same answers, except for its shares.
#pragma once

#include "gumbelcuda/detail/rows/part.hpp"

GUMBELCUDA_MATH_BEGIN

// The first bin up to which the weights add up to what was wanted; the number of bins if all have less. `wanted`: what
// is left of that for this bin. `inside`: the weights of the bin.
struct reached_bin {
  int bin;
  std::uint64_t wanted, inside;
};

class histograms_in_memory {
 public:
  // bits: 3 to 10.
  explicit histograms_in_memory(int bits) : bits_(bits) {}
  int bits() const { return bits_; }
  static constexpr int few_bits() { return 8; }

  void clear(int which, int bits) {
    bins_[which] = 1 << bits;
    for (int b = 0; b < bins_[which]; ++b) sums_[which][b] = 0;
  }
  template <std::size_t N>
  GUMBELCUDA_INLINE void add(int which, const int (&bin)[N], const std::uint64_t (&weight)[N]) {
    for (std::size_t i = 0; i < N; ++i) sums_[which][bin[i]] += weight[i];
  }
  std::uint64_t own_before(int which, int bin) const {
    std::uint64_t sum = 0;
    for (int b = 0; b < bin; ++b) sum += sums_[which][b];
    return sum;
  }
  template <class WantedOf>
  reached_bin reach(int which, WantedOf wanted_of) const {
    std::uint64_t wanted = wanted_of(own_before(which, bins_[which]));
    const std::uint64_t* const sums = sums_[which];
    const int bins = bins_[which];
    int b = 0;
    for (; b < bins; b += 8) {  // in steps, most of which have less
      std::uint64_t step = 0;
      for (int i = 0; i < 8; ++i) step += sums[b + i];
      if (step >= wanted) break;
      wanted -= step;
    }
    for (; b < bins && sums[b] < wanted; ++b) wanted -= sums[b];
    return {b, wanted, b < bins ? sums[b] : 0};
  }

 private:
  std::uint64_t sums_[2][1024];
  int bins_[2];
  int bits_;
};

template <class V, int Capacity>
class buffer_in_memory {
 public:
  static constexpr int capacity = Capacity;

  buffer_in_memory() {}  // without this, {} would write zeros to it
  void clear() { size_ = 0; }
  GUMBELCUDA_INLINE void push(V x) {
    if (size_ < capacity) values_[size_] = x;
    size_ += size_ <= capacity;
  }
  bool close() const { return size_ <= capacity; }
  template <class Body>
  GUMBELCUDA_INLINE void for_each(Body body) const {
    for (int i = 0; i < size_; ++i) body(values_[i]);
  }

 private:
  V values_[std::size_t(capacity)];
  int size_ = 0;
};

// A part of a GPU's row knows how many threads have the row, and has its own.
template <class Part>
concept whole_row_of_thread = !requires {
  Part::threads;
};

// Clearing many bins would cost a short row more than they save.
template <whole_row_of_thread Part>
histograms_in_memory histograms_of(const Part&, std::uint64_t classes) {
  return histograms_in_memory(classes <= 8192 ? 8 : 10);
}
template <class S>
using row_buffer = buffer_in_memory<S, 8192>;
template <whole_row_of_thread Part, class S>
row_buffer<S> buffer_of(const Part&, S) {
  return {};
}

GUMBELCUDA_MATH_END
