// SPDX-License-Identifier: Apache-2.0
// The root of a function that is costly to compute, found by a rule that depends only on the function's values.
#pragma once

#include "gumbelcuda/math/lane.hpp"

GUMBELCUDA_MATH_BEGIN

// A root of the decreasing f in [low, high], to within `width`. Input: f(low) ≥ 0 ≥ f(high), up to rounding. Oliveira,
// Takahashi, An enhancement of the bisection method average performance preserving minmax optimality (2020): regula
// falsi that leans towards the middle. It is never more than one evaluation behind bisection, whose bracket after as
// many evaluations is `span`.
template <class S, class F>
GUMBELCUDA_INLINE S root_of_decreasing(S low, S high, S width, F f) {
  S f_low = S(0), f_high = S(0), span = S(0), lean = S(0), x = low;
  for (int evaluated = 0;; ++evaluated) {  // f is called in one place only, since its code may be long
    const S f_x = f(x);
    if (evaluated == 0) {
      if (!(f_x > S(0))) return low;
      f_low = f_x;
      x = high;
      continue;
    }
    if (f_x < S(0)) {
      high = x;
      f_high = f_x;
    } else if (evaluated > 1 && f_x > S(0)) {
      low = x;
      f_low = f_x;
    } else {
      return x;
    }
    const S length = high - low, middle = low + S(0.5f) * length;
    if (evaluated == 1) {
      lean = S(0.2f) / length;
      for (span = width; span < length;) span = span + span;
      span = span + span;
    }
    if (!(length > width) || !(span > S(0.5f) * width)) return middle;
    const S secant = low + length * (f_low / (f_low - f_high)), side = secant < middle ? S(1) : S(-1);
    const S shift = lean * length * length, reach = S(0.5f) * (span - length);
    const S leaned = shift <= abs(middle - secant) ? secant + side * shift : middle;
    x = abs(leaned - middle) <= reach ? leaned : middle - side * reach;
    span = S(0.5f) * span;
  }
}

GUMBELCUDA_MATH_END
