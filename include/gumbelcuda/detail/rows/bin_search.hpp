// SPDX-License-Identifier: Apache-2.0
// The search for the threshold of a filter (filters.hpp) in one bin of a row's logits, for a part of the row
// (part.hpp).
#pragma once

#include "gumbelcuda/detail/rows/row_histogram.hpp"
#include "gumbelcuda/math/elementary.hpp"
#include "gumbelcuda/math/storage.hpp"

GUMBELCUDA_MATH_BEGIN

// The number of low bits of a computed number that are 0 in every stored one.
template <class Stored>
inline constexpr int unused_bits = 0;
template <>
inline constexpr int unused_bits<float16> = 13;
template <>
inline constexpr int unused_bits<bfloat16> = 16;

// Numbers as integers in the same order; 0 and −0 are one number.
template <class Stored>
struct ordered_bits {
  using V = computed_of<Stored>;
  using bits = bits_of<V>;
  static constexpr int all = 8 * int(sizeof(bits)), width = all - unused_bits<Stored>;
  static constexpr bits sign = bits(1) << (all - 1);

  GUMBELCUDA_INLINE static bits of(V x) {
    const bits b = to_bits(x + V(0));
    return (b ^ (shift_right<all - 1>(b) | sign)) >> unused_bits<Stored>;
  }
  GUMBELCUDA_INLINE static V number(bits key) {
    const bits b = key << unused_bits<Stored>;
    return from_bits((b & sign) ? b ^ sign : ~(b | ((bits(1) << unused_bits<Stored>)-1)));
  }
};

// The numbers in four values.
template <class V>
inline constexpr int quad_elements = quad_size* lane<V>::width;
template <class V>
GUMBELCUDA_INLINE void store_elements(const V* x, scalar_of<V>* numbers) {
  GUMBELCUDA_UNROLL
  for (int j = 0; j < quad_size; ++j)
    if constexpr (lane<V>::width > 1)
      x[j].store(numbers + j * lane<V>::width);
    else
      numbers[j] = x[j];
}

// Bins by the gap to the largest logit: the same number of them for each power of two, and below the least of these as
// thin as in it. A lower logit has the same bin or a later one, so a bin has neighbouring numbers.
template <class V>
class gap_bins {
  static constexpr int mantissa = sizeof(V) == sizeof(float) ? 23 : 52, bias = sizeof(V) == sizeof(float) ? 127 : 1023;
  static constexpr int powers_in_bits = 4, least = -6;  // 2^-6 … 2^10

 public:
  GUMBELCUDA_INLINE gap_bins(V top, int bits)
      : start_(top + V(0x1p-6)),
        shift_(mantissa + powers_in_bits - bits),
        first_((bias + least) << (bits - powers_in_bits)),
        last_((1 << bits) - 1) {}
  GUMBELCUDA_INLINE int last() const { return last_; }
  // Input: −inf, or a number up to the largest.
  GUMBELCUDA_INLINE int of(V x) const {
    const V gap = either_min(either_max(start_ - x, V(0x1p-6)),
                             V(sizeof(V) == sizeof(float) ? 0x1.fffffep9 : 0x1.fffffffffffffp9));
    return int(to_bits(gap) >> shift_) - first_;
  }
  // No lower logit is in this bin or in one before it.
  GUMBELCUDA_INLINE V floor_of(int bin) const {
    if (bin == last_) return V(-INFINITY);
    const V next = start_ - from_bits(bits_of<V>(first_ + bin + 1) << shift_);
    const V rounding = sizeof(V) == sizeof(float) ? V(0x1p-22) : V(0x1p-51);
    return next - abs(next) * rounding - constants_of<V>::smallest_normal;
  }

 private:
  V start_;
  int shift_, first_, last_;
};

// Calls body(x, quad) for a part's quads that have a logit ≥ lowest, or several: with their numbers, and as it was
// read.
template <class V, class Part, class Logits, class Body>
GUMBELCUDA_INLINE void for_each_quad_from(const Part& part, scalar_of<V> lowest, Logits logits, Body body) {
  for_each_quad(part, [&](std::int64_t n) {
    V x[quad_size];
    logits(n, x);
    auto below = x[0] < V(lowest);
    GUMBELCUDA_UNROLL
    for (int j = 1; j < quad_size; ++j) below = below & (x[j] < V(lowest));
    if (all_elements(below)) return;
    scalar_of<V> numbers[quad_elements<V>];
    store_elements(x, numbers);
    body(numbers, x);
  });
}

// Looks for a threshold in one bin of a row. logits(n, x) gives this part's quad n of the row, −inf past the row's end,
// and no NaN.
template <class Stored, class V, class Part, class Logits>
class bin_search {
  using S = scalar_of<V>;
  using order = ordered_bits<Stored>;
  using bits = typename order::bits;
  using buffer = decltype(buffer_of(std::declval<const Part&>(), S{}));

 public:
  static constexpr int capacity = buffer::capacity;

  GUMBELCUDA_INLINE bin_search(const Part& part, Logits logits)
      : part_(part), logits_(logits), buffer_(buffer_of(part, S{})) {}

  // From now on the search is among the logits of `bin` that are ≥ lowest, of which there is at least one. With
  // `and_above` the buffer also takes those of earlier bins, for widen(). If the last call opened the same bin, nothing
  // is read again: top-k may have raised `lowest` since, but logits below it do no harm, because weights are added up
  // from the largest logit down, and those from `lowest` on are enough.
  GUMBELCUDA_INLINE void open(const gap_bins<S>& bins, int bin, S lowest, bool and_above) {
    if (bin == bin_) return;
    bin_ = bin;
    S least = S(INFINITY), largest = S(-INFINITY);
    buffer_.clear();
    for_each_quad_from<V>(part_, max(lowest, bins.floor_of(bin)), logits_, [&](const S* x, const V*) {
      int bin_of[quad_elements<V>];
      GUMBELCUDA_UNROLL
      for (int i = 0; i < quad_elements<V>; ++i) bin_of[i] = bins.of(x[i]);
      GUMBELCUDA_UNROLL
      for (int i = 0; i < quad_elements<V>; ++i) {
        if (!((bin_of[i] == bin) | ((bin_of[i] < bin) & and_above)) || x[i] < lowest) continue;
        buffer_.push(x[i]);
        if (bin_of[i] != bin) continue;
        least = min(least, x[i]);
        largest = max(largest, x[i]);
      }
    });
    in_buffer_ = buffer_.close();
    least_ = -part_.max(-least);
    largest_ = part_.max(largest);
  }
  // Looks at all logits from `lowest` to `top` from now on, which the buffer has.
  GUMBELCUDA_INLINE void widen(S lowest, S top) { least_ = lowest, largest_ = top; }

  // The highest threshold t for which Σ weight(x) over x ≥ t is at least wanted_of(Σ over all), which is at least 1 and
  // not more than that. t is determined only up to numbers that the row does not have: weights are 1 or more, so the
  // same x are ≥ t in any case. The first histogram of `sums` is used for this.
  template <class Sums, class WantedOf, class Weight>
  GUMBELCUDA_INLINE S threshold(Sums& sums, WantedOf wanted_of, Weight weight) const {
    std::uint64_t wanted = 0;  // not known yet
    bits low = order::of(least_), high = order::of(largest_);
    const int width = in_buffer_ ? sums.few_bits() : sums.bits();
    while (low < high) {
      int shift = 0;
      while ((high - low) >> shift >> width != 0) ++shift;
      sums.clear(0, width);
      for_each([&](S x) {
        const bits key = order::of(x);
        if (key < low || key > high) return;
        const int bin[] = {int((high - key) >> shift)};
        const std::uint64_t of_class[] = {weight(x)};
        sums.add(0, bin, of_class);
      });
      const reached_bin at = sums.reach(0, [&](std::uint64_t total) { return wanted > 0 ? wanted : wanted_of(total); });
      high -= bits(at.bin) << shift;
      const bits others = (bits(1) << shift) - 1;
      low = high - low > others ? high - others : low;
      if (at.inside == at.wanted) break;
      wanted = at.wanted;
    }
    return order::number(low);
  }

  // The part's share of Σ weight(x) over x ≥ lowest.
  template <class Weight>
  GUMBELCUDA_INLINE std::uint64_t own_sum(S lowest, Weight weight) const {
    std::uint64_t sum = 0;
    for_each([&](S x) {
      if (x >= lowest && x <= largest_) sum += weight(x);
    });
    return sum;
  }

 private:
  // Of the buffer, or else of the row: all logits that are looked at, and perhaps others.
  template <class Body>
  GUMBELCUDA_INLINE void for_each(Body body) const {
    if (in_buffer_)
      buffer_.for_each(body);
    else
      for_each_quad_from<V>(part_, least_, logits_, [&](const S* x, const V*) {
        GUMBELCUDA_UNROLL
        for (int i = 0; i < quad_elements<V>; ++i) body(x[i]);
      });
  }

  const Part& part_;
  Logits logits_;
  buffer buffer_;
  int bin_ = -1;
  S least_ = S(0), largest_ = S(0);
  bool in_buffer_ = false;
};

GUMBELCUDA_MATH_END
