// SPDX-License-Identifier: Apache-2.0
// The library's functions once more, in long double from libm, and the distance to them in units of the last place. It
// shares no code with the library.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

#include "host/selftest/exact_noise.hpp"

namespace reference {

// y − exact| in units of Real's last place at `exact`; below the smallest normal number, in units of that number's.
template <class Real>
double ulps(Real y, long double exact) {
  using limits = std::numeric_limits<Real>;
  if (std::isnan(y) || std::isinf(y)) return std::numeric_limits<double>::infinity();
  int exponent = limits::min_exponent;
  if (exact != 0 && std::isfinite(exact)) std::frexp(exact, &exponent);
  if (exponent < limits::min_exponent) exponent = limits::min_exponent;
  return double(std::ldexp(std::abs(static_cast<long double>(y) - exact), limits::digits - exponent));
}

inline long double log(long double x) { return std::log(x); }
inline long double exp(long double x) { return std::exp(x); }
inline long double sigmoid(long double x) {
  const long double e = std::exp(-std::abs(x));
  return (x < 0 ? e : 1.0L) / (1 + e);
}
inline long double softplus(long double x) { return (x > 0 ? x : 0.0L) + std::log1p(std::exp(-std::abs(x))); }

using exact_noise::exponential, exact_noise::gumbel;

}  // namespace reference
