// SPDX-License-Identifier: Apache-2.0
// Min-p, top-k and top-p of a row of logits as one threshold, for a part of the row (part.hpp): a class is kept if its
// logit is not below the threshold. Holtzman et al., arXiv:1904.09751 (top-p); Fan, Lewis, Dauphin, arXiv:1805.04833
// (top-k); Nguyen et al., arXiv:2407.01082 (min-p).
//
// The threshold is found without sorting, digit by digit of the logit's ordered bits, from the highest digit on. A
// sweep adds up the weights of each value of the digit; the next sweep looks only at the value in which enough is
// reached. The weights are integers, so the threshold depends neither on the order nor on the number of threads or
// digits.
#pragma once

#include "gumbelcuda/detail/rows/softmax.hpp"
#include "gumbelcuda/math/decimal.hpp"

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

// The weight of each value of a digit. If there are few values, they stay in registers, which cannot be indexed at run
// time.
template <int Count>
struct digit_sums {
  std::uint64_t of[std::size_t(Count)] = {};

  GUMBELCUDA_INLINE void add(int digit, std::uint64_t weight) {
    if constexpr (Count <= 16) {
      GUMBELCUDA_UNROLL
      for (int d = 0; d < Count; ++d) of[d] += d == digit ? weight : 0;
    } else {
      of[digit] += weight;
    }
  }
};

// The highest threshold t ≥ lowest for which Σ weight(x) over x ≥ t is at least wanted_of(Σ over x ≥ lowest), which is
// 1 or more; `lowest` if there is none. t is determined only up to numbers that the row does not have: weights are 1 or
// more, so the same x are ≥ t in any case. No x may be NaN. logits(n, x) gives this part's quad n, −inf past the row's
// end.
template <class Stored, class Part, class Logits, class Weight, class Wanted>
GUMBELCUDA_INLINE computed_of<Stored> highest_threshold(const Part& part, computed_of<Stored> lowest, Logits logits,
                                                        Weight weight, Wanted wanted_of) {
  using V = computed_of<Stored>;
  using order = ordered_bits<Stored>;
  using bits = typename order::bits;
  constexpr int width = Part::digit_bits, values = 1 << width, digits = (order::width + width - 1) / width;
  bits found = 0;                       // the digits so far
  std::uint64_t above = 0, wanted = 0;  // `above`: Σ over keys with higher digits, less than wanted
  for (int shift = (digits - 1) * width; shift >= 0; shift -= width) {
    digit_sums<values> sums;
    for (std::int64_t n = 0; n < part.quads(); ++n) {
      if (!part.has(n)) continue;
      V x[quad_size];
      logits(n, x);
      for (int j = 0; j < quad_size; ++j) {
        const bits key = order::of(x[j]) >> shift;
        if (x[j] >= lowest && key >> width == found) sums.add(int(key & bits(values - 1)), weight(x[j]));
      }
    }
    GUMBELCUDA_UNROLL
    for (int d = 0; d < values; ++d) sums.of[d] = part.sum(sums.of[d]);
    if (wanted == 0) {
      std::uint64_t total = 0;
      GUMBELCUDA_UNROLL
      for (int d = 0; d < values; ++d) total += sums.of[d];
      wanted = wanted_of(total);
      if (total < wanted) return lowest;
    }
    std::uint64_t sum = above;
    bits digit = 0;
    GUMBELCUDA_UNROLL
    for (int d = values - 1; d >= 0; --d)
      if (sum < wanted) {
        above = sum;
        sum += sums.of[d];
        digit = bits(d);
      }
    found = found << width | digit;
    // All keys that begin with these digits are wanted. The lowest of them may be that of a NaN: max() then gives its
    // second operand.
    if (sum == wanted) return max(order::number(found << shift), lowest);
  }
  return max(order::number(found), lowest);
}

// The filters of one row. The values here turn a filter off.
struct row_filters {
  std::uint64_t top_k = 0;
  float top_p = 1, min_p = 0;

  // Whether a row of so many classes can lose any.
  GUMBELCUDA_INLINE bool are_on(std::uint64_t classes) const {
    return (top_k > 0 && top_k < classes) || top_p < 1 || min_p > 0;
  }
};

// top_p or min_p as the caller meant it.
template <class V>
GUMBELCUDA_INLINE V share_of(float share) {
  if constexpr (sizeof(V) == sizeof(double)) return shortest_decimal(share);
  return V(share);
}

// Shares that people would call equal differ by roundings: of logits that were logarithms, by |x| ulps, and of exp and
// log. So this many units in the last place are tolerated, of a share or of its logarithm.
template <class V>
inline constexpr V share_tolerance = V(sizeof(V) == sizeof(float) ? 0x1p-20 : 0x1p-49);

// The least number that is not more than `gap` below the top, however coarse numbers are there.
template <class V>
GUMBELCUDA_INLINE V least_within(V gap, V top) {
  const V nearest = top - gap;
  return top - nearest > gap ? ordered_bits<V>::number(ordered_bits<V>::of(nearest) + 1) : nearest;
}

// Input: `top`, the largest of the logits, is finite; τ > 0; inverse_temperature is that of τ.
template <class Stored, class Part, class Logits>
GUMBELCUDA_INLINE computed_of<Stored> filter_threshold(const Part& part, std::uint64_t classes,
                                                       const row_filters& filters, computed_of<Stored> top,
                                                       computed_of<Stored> temperature,
                                                       computed_of<Stored> inverse_temperature, Logits logits) {
  using V = computed_of<Stored>;
  V lowest = V(sizeof(V) == 4 ? -0x1.fffffep+127 : -0x1.fffffffffffffp+1023);
  if (filters.min_p > 0) {
    const V meant = -log(max(share_of<V>(filters.min_p), constants_of<V>::smallest_normal));
    const V gap = meant > V(0) ? fma(share_tolerance<V>, max(meant, V(1)), meant) : meant;
    lowest = max(lowest, least_within(temperature * gap, top));
  }
  if (filters.top_k > 0 && filters.top_k < classes)
    lowest = highest_threshold<Stored>(
        part, lowest, logits, [](V) { return std::uint64_t{1}; }, [&](std::uint64_t) { return filters.top_k; });
  if (!(filters.top_p < 1)) return lowest;
  int fraction = 62;  // bits of a weight, so that the weights of a row add up to less than 2^63
  for (std::uint64_t left = classes; left > 0; left >>= 1) --fraction;
  const V unit = V(std::uint64_t{1} << fraction);
  const double top_p = double(share_of<V>(filters.top_p)) * (1 - double(share_tolerance<V>));
  const tempered_gap<V> gap(top, inverse_temperature);
  return highest_threshold<Stored>(
      part, lowest, logits, [&](V x) { return std::uint64_t(std::int64_t(softmax_term(x, gap) * unit)) + 1; },
      [&](std::uint64_t total) {
        const std::uint64_t wanted = std::uint64_t(double(total) * top_p);
        return wanted > 0 ? wanted : 1;
      });
}

GUMBELCUDA_MATH_END
