// SPDX-License-Identifier: Apache-2.0
// Which of two classes has the larger score, logit + g or what a temperature makes of it, as if scores were not
// rounded: rounded scores alone would lose the noise where logits are large beside it, and the lowest class would win
// more often than softmax(logits) says.
//
// Classes go by their rounded score, then by what rounding took from it, rounded itself once, then by their number.
// Rounding keeps the order of scores, so these are the classes in the order of their exact scores, up to an error of
// 2^-24 of the noise (double: 2^-53). Few rows have two classes with the largest score: draws of one class compute
// remainders there alone.
#pragma once

#include "gumbelcuda/detail/rows/part.hpp"

GUMBELCUDA_MATH_BEGIN

inline constexpr std::uint64_t no_class = ~std::uint64_t{0};

// Scores of a quad of classes, each rounded once: operator()(logits, g, z). remainder(logit, g, z) is the exact score
// less z, rounded once, NaN where z is infinite. of_logit(): what the logit adds to it; noise(): the factor of
// g, in [0, 1].

// logit + g. The remainder is exact (Knuth's TwoSum).
struct plain_score {
  static constexpr float noise() { return 1; }
  template <class V>
  GUMBELCUDA_INLINE V of_logit(V logit) const {
    return logit;
  }
  template <class V>
  GUMBELCUDA_INLINE void operator()(const V* logits, const V* g, V* z) const {
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) z[j] = logits[j] + g[j];
  }
  template <class V>
  GUMBELCUDA_INLINE V remainder(V logit, V g, V z) const {
    const V of_g = z - logit;
    return (logit - (z - of_g)) + (g - of_g);
  }
};

// a·b + c − fma(a, b, c), rounded once where nothing underflows. Boldo, Muller, Exact and approximated error of the
// FMA, IEEE Transactions on Computers 60 (2011), ErrFmaNearest.
template <class V>
GUMBELCUDA_INLINE V fma_remainder(V a, V b, V c, V rounded) {
  const V product = a * b, of_product = fma(a, b, -product);
  const plain_score sum;
  const V low = c + of_product, of_low = sum.remainder(c, of_product, low);
  const V high = product + low, of_high = sum.remainder(product, low, high);
  return ((high - rounded) + of_high) + of_low;
}

// logit·logit_scale + noise_scale·g, with logit_scale a power of two: that product is exact, so that what rounding took
// is small beside the noise, however large the logit is.
template <class S>
struct scaled_score {
  S logit_scale = S(1), noise_scale = S(1);

  // Its argmax is that of logit/temperature + g. With 2^e the power of two next to the temperature from above, 1 at
  // least: logit·2^-e and (temperature·2^-e)·g, whose factor is at most 1.
  GUMBELCUDA_INLINE static scaled_score of_temperature(S temperature) {
    if (!(temperature > S(1))) return {S(1), temperature};
    const S below = from_bits(to_bits(temperature) & ~(constants_of<S>::exponent_unit - 1));
    const S scale = (below < temperature ? S(0.5f) : S(1)) / below;
    return {scale, temperature * scale};
  }

  GUMBELCUDA_INLINE float noise() const { return float(noise_scale); }
  template <class V>
  GUMBELCUDA_INLINE V of_logit(V logit) const {
    return logit * V(logit_scale);
  }
  template <class V>
  GUMBELCUDA_INLINE void operator()(const V* logits, const V* g, V* z) const {
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) z[j] = fma(V(noise_scale), g[j], of_logit(logits[j]));
  }
  template <class V>
  GUMBELCUDA_INLINE V remainder(V logit, V g, V z) const {
    return fma_remainder(V(noise_scale), g, of_logit(logit), z);
  }
};

// A class of a row by its rank; and where scores are not known to tie, without what would decide.
template <class V>
struct ranked_class {
  V score = V(-INFINITY);
  V remainder = V(0);
  std::uint64_t index = no_class;
};
template <class V>
struct scored_class {
  V score;
  std::uint64_t index;
};

template <class V>
GUMBELCUDA_INLINE bool precedes(const ranked_class<V>& a, const ranked_class<V>& b) {
  if (a.score != b.score) return a.score > b.score;
  return a.remainder > b.remainder || (a.remainder == b.remainder && a.index < b.index);
}
template <class V>
GUMBELCUDA_INLINE bool precedes(const scored_class<V>& a, const scored_class<V>& b) {
  return a.score > b.score || (a.score == b.score && a.index < b.index);
}

// The first in this order of the classes whose score is `top`, which is finite. terms(n, x, g) gives logits and noise
// of this part's quad n, −inf and any number beyond the row's end. Another sweep, which few rows need: out of line, and
// from copies, so that what others use stays in their registers.
template <class V, class Part, class Score, class Terms>
GUMBELCUDA_OUT_OF_LINE std::uint64_t first_of_ties(Part part, scalar_of<V> top, Score score, Terms terms) {
  using S = scalar_of<V>;
  S largest = S(-INFINITY);
  std::uint64_t first = no_class;
  GUMBELCUDA_ROLLED
  for (std::int64_t n = 0; n < part.quads(); ++n) {
    if (!part.has(n)) continue;
    V x[quad_size], g[quad_size], z[quad_size];
    terms(n, x, g);
    score(x, g, z);
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) {
      const V remainder = select(z[j] == V(top), score.remainder(x[j], g[j], z[j]), V(S(-INFINITY)));
      if (const auto larger = remainder > V(largest); any_element(larger)) {
        largest = largest_element(remainder);
        first = class_of<V>(part.quad(n), j) + std::uint64_t(first_element(remainder == V(largest)));
      }
    }
  }
  const S of_row = part.max(largest);
  return part.min(largest == of_row ? first : no_class);
}

// The largest number below x, which is finite; from 0, the largest normal one. Unspecified for NaN.
template <class V>
GUMBELCUDA_INLINE V next_below(V x) {
  if (x == V(0)) return -V(constants_of<V>::smallest_normal);
  return from_bits(x > V(0) ? to_bits(x) - 1 : to_bits(x) + 1);
}

GUMBELCUDA_MATH_END
