// SPDX-License-Identifier: Apache-2.0
// A cheap and certain test that a sample of the generator is exactly one-hot.
//
// The Gumbel-softmax score of class k is logit_k − log E_k, so a sample is a race: the smallest
// E_k·exp(max logit − logit_k) wins. A loser is exactly 0 (by the definition of exp) if its score lies 87.3·τ below the
// winner's, which is a ratio of exp(87.3·τ) in the race. At small τ that holds for almost every sample. The race can be
// run with an estimate of E_k, a quotient of two quadratics instead of a logarithm: if the estimates leave no doubt,
// the exact computation could only give the same.
//
// Why no doubt is left (tests/unit/race_test.cpp checks each of the three, tests/unit/exhaustive_noise.cpp the first
// two for all words):
//   1. estimate ≤ E·(1 + error) for every word;
//   2. estimate ≥ E·(1 − error) wherever E ≤ race_time_limit, and the estimate grows with E up to
//      rounding: for larger E it does not fall below race_time_limit·(1 − error);
//   3. race times are at least the estimate, since exp(max logit − logit_k) ≥ 1.
// So if the smallest race time is below race_time_limit·(1 − error), it is the winner's to within `error`, and every
// other time is at most (1 + error) too large. The margin of race_threshold covers both, and what rounding adds to the
// scores of logits up to race_logit_limit.
#pragma once

#include "gumbelcuda/math/elementary.hpp"
#include "gumbelcuda/math/lane.hpp"
#include "gumbelcuda/math/softmax.hpp"

GUMBELCUDA_MATH_BEGIN

// Relative: 0.0028 for the quotient, 2^-11 for reciprocal_estimate, the rest for rounding.
inline constexpr float race_error = 0.0035f;
inline constexpr float race_time_limit = 2.99f;     // E at the end of the fitted range, the word 0.95·2^32
inline constexpr float race_logit_limit = 1024.0f;  // up to here scores are rounded to 2^-14 at most
// A handicap overflows where two logits differ by 88.4. Their scores then still differ by 62, since noise spans 26:
// enough for a loser to be 0 up to τ = 0.71.
inline constexpr float race_temperature_limit = 0.5f;
inline constexpr float race_weight_limit = 1e38f;  // differences and sums of two weights stay finite
inline constexpr float race_margin = 2 * race_error + 0x1p-10f;

// Up to this τ the race saves time. Above it too many samples are doubtful: at K = 5 half of those of an untrained
// generator. The limit affects speed, not results.
inline constexpr float racing_temperature_limit = 0.01f;

// A rough E of a word. Input: any word, as estimate_word gives it. Output: positive. Fitted on u = (x + ½)·2^-32 in
// [0, 0.95]: u·(a + b·u)/(1 + c·u + d·u²), relative error 0.0028.
template <class V>
GUMBELCUDA_INLINE V race_exponential(word_of<V> x) {
  const V u = estimate_word<V>(x);
  const V numerator = fma(u, fma(u, V(-0.82843804f * 0x1p-64f), V(0.99723984f * 0x1p-32f)), V(0.99723984f * 0x1p-33f));
  const V denominator = fma(u, fma(u, V(0.39587164f * 0x1p-64f), V(-1.35834102f * 0x1p-32f)), V(1));
  return numerator * reciprocal_estimate(denominator);
}

// The ratio of race times above which a loser is certainly 0; +inf (never certain) for large τ.
template <class V>
GUMBELCUDA_INLINE V race_threshold(V temperature) {
  const V ratio = exp(V(-elementary_constants<float>::exp_is_zero_below) * temperature + V(race_margin));
  return select(temperature > V(race_temperature_limit), V(scalar_of<V>(INFINITY)), ratio);
}

// The largest logit. NaN if a logit or one of the `count` weights exceeds its limit, so that nothing is certain: a
// one-hot sample then need not have a zero gradient, since 0·∞ is not 0.
template <class V, class Classes, class Count>
GUMBELCUDA_INLINE V race_start(const V* logits, const V* weights, Classes classes, Count count) {
  auto usable = abs(logits[0]) < V(race_logit_limit);
  GUMBELCUDA_UNROLL_ON_GPU
  for (int k = 1; k < classes; ++k) usable = usable & (abs(logits[k]) < V(race_logit_limit));
  GUMBELCUDA_UNROLL_ON_GPU
  for (int k = 0; k < count; ++k) usable = usable & (abs(weights[k]) < V(race_weight_limit));
  return select(usable, row_max(logits, classes), V(scalar_of<V>(NAN)));
}
// The same for a discriminator's weights and bias.
template <class V, class Count>
GUMBELCUDA_INLINE V race_start(const V* logits, const V* weights, Count classes) {
  return race_start(logits, weights, classes, int(classes) + 1);
}

// exp(max logit − logit_k), the factor of class k's time.
template <class V>
GUMBELCUDA_INLINE V race_handicap(V start, V logit) {
  return exp(start - logit);
}
template <class V, class Classes, class Count>
GUMBELCUDA_INLINE void race_handicaps(const V* logits, const V* weights, V* handicaps, Classes classes, Count count) {
  const V start = race_start(logits, weights, classes, count);
  GUMBELCUDA_UNROLL_ON_GPU
  for (int k = 0; k < classes; ++k) handicaps[k] = race_handicap(start, logits[k]);
}
template <class V, class Count>
GUMBELCUDA_INLINE void race_handicaps(const V* logits, const V* weights, V* handicaps, Count classes) {
  race_handicaps(logits, weights, handicaps, classes, int(classes) + 1);
}

// The two smallest times of a race. race_start() makes either all times of a race NaN or none: then `first` or `second`
// stays NaN or infinite, and nothing is certain.
template <class V>
struct race_podium {
  V first, second;
  GUMBELCUDA_INLINE void enter(V time) {
    second = either_min(second, either_max(first, time));
    first = either_min(first, time);
  }
  GUMBELCUDA_INLINE mask_of<V> is_certain(V threshold) const {
    return (second > first * threshold) & (first < V(race_time_limit * (1 - race_error)));
  }
};

GUMBELCUDA_MATH_END
