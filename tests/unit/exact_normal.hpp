// SPDX-License-Identifier: Apache-2.0
// The quantile function of the normal distribution in long double, by Newton's method on libm's erf and erfc. It shares
// no code with the library.
#pragma once

#include <algorithm>
#include <cmath>

namespace reference {

// The n ≥ 0 with P(N > n) = h, h in (0, ½].
inline long double normal_quantile(long double h) {
  constexpr long double root_half = 0.70710678118654752440L, root_two_over_pi = 0.79788456080286535588L;
  long double n = h > .25L ? (1 - 2 * h) / root_two_over_pi : std::sqrt(-2 * std::log(2 * h));
  for (int i = 0; i < 60; ++i) {
    // Newton's method on P(|N| < n), which goes to 0 with n, or on the logarithm of the tail, which is concave.
    const long double slope = root_two_over_pi * std::exp(-n * n / 2), tail = std::erfc(n * root_half);
    const long double step =
        h > .25L ? (1 - 2 * h - std::erf(n * root_half)) / slope : std::log(tail / (2 * h)) * tail / slope;
    n += step;
    if (std::abs(step) < 1e-18L * n) break;
  }
  return n;
}

}  // namespace reference
