// SPDX-License-Identifier: Apache-2.0
// From 32 random bits to an exponential and a Gumbel variate, and the Gumbel distribution itself.
//
// The well-known −log(−log u) fails where it matters: either u rounds to 1 and gives +inf, or it is kept away from 1,
// which cuts the tail that wins races off at g ≈ 16. Here the word x stands for v = (x + ½)·2^-32, and the exponential
// is −log(1 − v), computed from the nearer end of (0, 1). So both ends stay open, and the dense side of the floats lies
// where g is large. docs/numerics.md has the proof by exhaustion.
#pragma once

#include "gumbelcuda/math/elementary.hpp"
#include "gumbelcuda/math/lane.hpp"

GUMBELCUDA_MATH_BEGIN

namespace detail {

// What exponential() takes the logarithm of, 2^k·(1 + f).
template <class V>
struct reduced_word {
  bits_of<V> shifted_k;
  V f;
};
template <class V>
GUMBELCUDA_INLINE reduced_word<V> reduce_word(word_of<V> x) {
  // h: the distance of v from the nearer end, in (0, ½]. signed_h has the sign that h has in 1 − v: negative if the
  // nearer end is 0.
  const V h = fma(convert_word<V>(fold_word(x)), V(0x1p-32f), V(0x1p-33f)), signed_h = negate_if_low(x, h);
  const auto split = split_exponent(if_low(x, V(1)) + signed_h);
  // (1 − h)·scale − 1 or h·scale − 1. The product and scale − 1 are exact, which keeps the relative precision of a
  // small h.
  return {split.exponent, fma(signed_h, split.scale, if_low(x, split.scale) - V(1))};
}
template <class V>
GUMBELCUDA_INLINE V exponential_of(const reduced_word<V>& x) {
  return join_log<true>(x.shifted_k, x.f);
}

}  // namespace detail

// Exponential(1) variate of a word. Input: any word. Output: float in [1.16415e-10, 22.8739], strictly
// positive and finite, not decreasing in the word. Relative error: 2e-7 (float), 3e-16 (double).
template <class V>
GUMBELCUDA_INLINE V exponential(word_of<V> x) {
  return detail::exponential_of(detail::reduce_word<V>(x));
}

// Standard Gumbel variate of a word, −log(exponential(x)). Output: float in [−3.13000, 22.8739], not
// increasing in the word. Error: 2.5e-7·max(1, |g|) for every one of the 2^32 words (float).
template <class V>
GUMBELCUDA_INLINE V gumbel(word_of<V> x) {
  return negated_log(exponential<V>(x));
}

// z_k = logits_k + gumbel(words[k·stride]) for a row of classes; z must not be logits. It takes two passes, so that the
// dependent instructions of the first and second logarithm overlap between classes.
template <class V, class Count>
GUMBELCUDA_INLINE void gumbel_scores(const V* logits, const word_of<V>* words, int stride, V* z, Count count) {
  GUMBELCUDA_UNROLL_ON_GPU
  for (int k = 0; k < count; ++k) z[k] = exponential<V>(words[k * stride]);
  GUMBELCUDA_UNROLL_ON_GPU
  for (int k = 0; k < count; ++k) z[k] = logits[k] - log(z[k]);
}

// A variate in (−1, 1), symmetric: (2x + 1)·2^-32 − 1. As float, rounding may give ±1 itself.
template <class V>
GUMBELCUDA_INLINE V uniform_signed(word_of<V> x) {
  return fma(convert_signed_word<V>(x), V(0x1p-31f), V(0x1p-32f));
}

// (x − location)/scale. The difference of two numbers can overflow; then the difference of their halves is taken.
template <class V>
GUMBELCUDA_INLINE V standardize(V x, V location, V scale) {
  const V difference = x - location, half = V(scalar_of<V>(0.5));
  const auto is_number = abs(difference) < V(scalar_of<V>(INFINITY));
  return select(is_number, difference / scale, (half * x - half * location) / (half * scale));
}

// Gumbel(location, scale), the law of location + scale·g. Source: E. J. Gumbel, Statistics of Extremes (1958), chapter
// 5. Input: location and x finite; scale normal, positive and below √2·2^126 (double: √2·2^1022); p normal and below 1.
// Error: half an ulp for each operation written here, and that of log and exp. z + e^−z and location − scale·… cancel
// near their roots, where only the absolute error stays small (tests/unit/gumbel_test.cpp has the bounds). Far out
// log_prob is −x/scale, or −inf where that is below the lowest finite number; prob is 0, and cdf 0 or 1. With
// z = (x − location)/scale:
template <class V>
struct gumbel_distribution {
  V location = V(0), scale = V(1);

  static constexpr double euler_gamma = 0.57721566490153286061, pi = 3.14159265358979323846;

  GUMBELCUDA_INLINE V standardize(V x) const { return GUMBELCUDA_ISA::standardize(x, location, scale); }

  // −z − e^−z − log scale
  GUMBELCUDA_INLINE V log_prob(V x) const { return standard_log_prob(standardize(x)) - log(scale); }
  // log_prob at location 0 and scale 1. z is bounded at −1e4, where e^−z is +inf already: so −z stays finite, and there
  // is no inf − inf.
  GUMBELCUDA_INLINE static V standard_log_prob(V z) {
    const V bounded = max(V(scalar_of<V>(-1e4)), z);
    return -fma(V(2), half_exp(-bounded), bounded);
  }
  GUMBELCUDA_INLINE V prob(V x) const { return exp(log_prob(x)); }
  // exp(−e^−z)
  GUMBELCUDA_INLINE V cdf(V x) const { return exp(-exp(-standardize(x))); }
  // location − scale·log(−log p). Input: p in (0, 1).
  GUMBELCUDA_INLINE V quantile(V p) const { return location - scale * log(-log(p)); }
  GUMBELCUDA_INLINE V mean() const { return fma(scale, V(scalar_of<V>(euler_gamma)), location); }
  GUMBELCUDA_INLINE V variance() const { return scale * scale * V(scalar_of<V>(pi * pi / 6)); }
  GUMBELCUDA_INLINE V entropy() const { return log(scale) + V(scalar_of<V>(euler_gamma + 1)); }

  // The reparameterization: a sample as a function of the parameters, with standard noise g.
  GUMBELCUDA_INLINE V sample(V g) const { return fma(scale, g, location); }
};

// Normal(mean, stddev), reparameterized: a sample is mean + stddev·ε with ε standard normal. So its derivatives are 1
// for the mean and ε for the standard deviation. Kingma, Welling, arXiv:1312.6114, 2.4.
template <class V>
struct gaussian_sample {
  V value, d_mean, d_stddev;
};
template <class V>
GUMBELCUDA_INLINE gaussian_sample<V> reparameterize_gaussian(V mean, V stddev, V epsilon) {
  return {fma(stddev, epsilon, mean), V(1), epsilon};
}

GUMBELCUDA_MATH_END
