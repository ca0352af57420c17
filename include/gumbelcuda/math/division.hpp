// SPDX-License-Identifier: Apache-2.0
// Division of a number up to 1 by one from 1 on, correctly rounded as every division is. On a GPU `/` takes numbers of
// any size: it tests them and branches, and nothing else can be computed beside it. Where few threads wait for the
// result, multiplications alone are faster.
#pragma once

#include "gumbelcuda/math/lane.hpp"

GUMBELCUDA_MATH_BEGIN

// a/b as an operation that functions take by their argument `divide`.
struct plain_division {
  template <class V>
  GUMBELCUDA_INLINE V operator()(V a, V b) const {
    return a / b;
  }
};

// The same bits by Newton's iteration (Markstein, IBM J. Res. Dev. 34, 1990) from an estimate of 1/b that is off by up
// to 4 ulp. Input: a = 1 and b in [1, 2^100]; or a in [0, 1] and b = 1 + a, rounded; or NaN. The iteration can end half
// an ulp low for one mantissa, all ones, whose reciprocal has the mantissa 1. tests/unit/division_test.cpp tries every
// mantissa with every estimate.
struct division_by_products {
  GUMBELCUDA_INLINE float operator()(float a, float b) const {
    return divide(a, b, GUMBELCUDA_CLOSE_RECIPROCAL_ESTIMATE(b));
  }
  GUMBELCUDA_INLINE static float divide(float a, float b, float estimate) {
    const float closer = fma(estimate, fma(-b, estimate, 1.0f), estimate);
    const std::uint32_t all_ones = ((to_bits(b) & 0x7fffffu) + 1) >> 23;
    const float reciprocal = from_bits(to_bits(fma(closer, fma(-b, closer, 1.0f), closer)) | all_ones);
    const float quotient = a * closer;
    return fma(fma(-b, quotient, a), reciprocal, quotient);
  }
};

GUMBELCUDA_MATH_END
