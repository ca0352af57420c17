// SPDX-License-Identifier: Apache-2.0
// The decimal that a float was written as. Where numbers are computed in double, .8f is to mean .8 and not .800000012.
#pragma once

#include "gumbelcuda/math/lane.hpp"

GUMBELCUDA_MATH_BEGIN

// The double next to the decimal with the fewest digits after the point that rounds to x. Input: [0, 1]. Output: such a
// decimal for x ≥ 1e-12 and for what is written with at most 22 digits; otherwise x. It is exact: powers of ten up to
// 10²² are doubles, and so is a whole number of up to 11 digits.
GUMBELCUDA_INLINE double shortest_decimal(float x) {
  double power = 1;
  GUMBELCUDA_ROLLED
  for (int digits = 0; digits < 22; ++digits) {
    power *= 10;
    const double decimal = double(std::uint64_t(fma(double(x), power, 0.5))) / power;
    if (float(decimal) == x) return decimal;
  }
  return double(x);
}

GUMBELCUDA_MATH_END
