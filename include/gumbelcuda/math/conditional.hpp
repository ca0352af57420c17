// SPDX-License-Identifier: Apache-2.0
// Scores of a row given which of them is the largest, and how large it is.
#pragma once

#include "gumbelcuda/math/elementary.hpp"

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

GUMBELCUDA_MATH_END
