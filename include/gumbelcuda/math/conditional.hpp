// SPDX-License-Identifier: Apache-2.0
// Scores of a row given which of them is the largest, and how large it is.
#pragma once

#include "gumbelcuda/math/elementary.hpp"

GUMBELCUDA_MATH_BEGIN

// A class's score −log(e^−a + e^−top) given that the largest is `top` and another class's. a: its score without that
// condition, logit + Gumbel noise. Maddison, Tarlow, Minka, arXiv:1411.0030; Paulus, Maddison, Krause,
// arXiv:2010.04838, appendix B. Input: finite, or −inf for a. Error: half an ulp of the result and 2.5 ulp of the
// logarithm; rounding may give top itself. NaN gives NaN.
template <class V>
GUMBELCUDA_INLINE V score_below(V a, V top) {
  return min(a, top) - softplus(-abs(a - top));
}

GUMBELCUDA_MATH_END
