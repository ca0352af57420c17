// SPDX-License-Identifier: Apache-2.0
// Which score of a row is the largest, and the scores given that.
#pragma once

#include "gumbelcuda/math/elementary.hpp"
#include "gumbelcuda/math/gumbel.hpp"
#include "gumbelcuda/math/row.hpp"
#include "gumbelcuda/math/sum.hpp"

GUMBELCUDA_MATH_BEGIN

// The largest number below x. Input: finite; NaN gives an unspecified result. For 0 it is the largest negative normal
// number.
template <class V>
GUMBELCUDA_INLINE V next_below(V x) {
  using I = bits_of<V>;
  const V next = select(x > V(0), from_bits(to_bits(x) - I(1)), from_bits(to_bits(x) + I(1)));
  return select(x == V(0), V(-constants_of<V>::smallest_normal), next);
}

// A class's score −log(e^−a + e^−top) given that the largest is `top` and another class's. a: its score without that
// condition, logit + Gumbel noise. below: next_below(top), which bounds the result, since rounding could give top
// itself. Maddison, Tarlow, Minka, arXiv:1411.0030; Paulus, Maddison, Krause, arXiv:2010.04838, appendix B. Input:
// finite, or −inf for a. Error: half an ulp of the result and 2.5 ulp of the logarithm. NaN gives NaN.
template <class V>
GUMBELCUDA_INLINE V score_below(V a, V top, V below) {
  return min(below, min(a, top) - softplus(-abs(a - top)));  // NaN, the second, passes
}

// 1 at the first largest of z, 0 elsewhere.
template <class V, class Count>
GUMBELCUDA_INLINE void one_hot_of_largest(const V* z, V* one_hot, Count count) {
  const V top = row_max(z, count);
  V left = V(1);
  for (int k = 0; k < count; ++k) {
    one_hot[k] = select(z[k] == top, left, V(0));
    left = left - one_hot[k];
  }
}

// log Σ exp(logits).
template <class V, class Count>
GUMBELCUDA_INLINE V log_normalizer_of(const V* logits, Count count) {
  const V top = row_max(logits, count);
  return top + log(ordered_sum<V>(count, [&](int k) { return exp_nonpositive(logits[k] - top); }));
}

// The scores z = logits + Gumbel noise given that the largest is where one_hot is 1; logits null: all 0. The noise of
// class k is that of words[k·stride]; log_total: log Σ exp(logits).
template <class V, class Count>
GUMBELCUDA_INLINE void scores_given_largest(const V* logits, const V* one_hot, const word_of<V>* words, int stride,
                                            V log_total, V* z, Count count) {
  V top = V(0);
  for (int k = 0; k < count; ++k) {
    z[k] = gumbel<V>(words[k * stride]);
    top = select(one_hot[k] == V(1), log_total + z[k], top);
  }
  const V below = next_below(top);
  for (int k = 0; k < count; ++k) {
    const V alone = logits ? logits[k] + z[k] : z[k];
    z[k] = select(one_hot[k] == V(1), top, score_below(alone, top, below));
  }
}

GUMBELCUDA_MATH_END
