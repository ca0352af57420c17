// SPDX-License-Identifier: Apache-2.0
// Which of two classes has the larger score, as if scores were not rounded. A score is logit + g, or what a temperature
// makes of it. With rounded scores alone the noise would be lost where logits are large beside it, and the lowest class
// would win more often than softmax(logits) says.
//
// Classes are ordered by their rounded score, then by the remainder, which rounding took from it and which is itself
// rounded once, then by their number. Rounding keeps the order of scores, so this is the order of the exact scores, up
// to an error of 2^-24 of the noise (double: 2^-53). Few rows have two classes with the largest score: draws of one
// class compute remainders only there.
#pragma once

#include "gumbelcuda/detail/rows/part.hpp"

GUMBELCUDA_MATH_BEGIN

inline constexpr std::uint64_t no_class = ~std::uint64_t{0};

// A score type has these members. operator()(logits, g, z): the scores of a quad of classes, each rounded once.
// remainder(logit, g, z): the exact score minus z, rounded once; NaN where z is infinite. of_logit(): what the logit
// adds to the score. noise(): the factor of g, in [0, 1].

// The score logit + g. Its remainder is exact (Knuth's TwoSum).
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

// a·b + c − fma(a, b, c), rounded once if nothing underflows. Boldo, Muller, Exact and approximated error of the FMA,
// IEEE Transactions on Computers 60 (2011), ErrFmaNearest.
template <class V>
GUMBELCUDA_INLINE V fma_remainder(V a, V b, V c, V rounded) {
  const V product = a * b, of_product = fma(a, b, -product);
  const plain_score sum;
  const V low = c + of_product, of_low = sum.remainder(c, of_product, low);
  const V high = product + low, of_high = sum.remainder(product, low, high);
  return ((high - rounded) + of_high) + of_low;
}

// The score logit·logit_scale + noise_scale·g. logit_scale is a power of two, so that product is exact, and the
// remainder is small beside the noise, however large the logit is.
template <class S>
struct scaled_score {
  S logit_scale = S(1), noise_scale = S(1);

  // The argmax of this score is that of logit/temperature + g. With 2^e the smallest power of two that is at least the
  // temperature and 1: logit·2^-e + (temperature·2^-e)·g, where the factor of g is at most 1.
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

// A class of a row with all that its rank depends on; and the same without the remainder, for scores not known to tie.
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

// The first class, in this order, of those whose score is `top`, which must be finite. terms(n, x, g) gives logits and
// noise of this part's quad n; past the row's end −inf and any number. This is another sweep, which few rows need. It
// is out of line and works on copies, so that what other rows use stays in registers.
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

GUMBELCUDA_MATH_END
