// SPDX-License-Identifier: Apache-2.0
// What a unit of a perceptron makes of its sum, and the derivatives, which are taken from its value.
#pragma once

#include "gumbelcuda/math/elementary.hpp"

GUMBELCUDA_MATH_BEGIN

// Input: any. Output: [−1, 1]. Error: 5 ulp (tests/unit/elementary_test.cpp has the bound). tanh(−x) = −tanh(x), bit
// for bit; NaN gives NaN. With t = e^(−2|x|) − 1, which keeps its digits near 0, it is −t/(2 + t).
template <class V>
GUMBELCUDA_INLINE V tanh(V x) {
  const detail::power_split<V> power = detail::split_power(max(V(-80), V(-2) * abs(x)));  // NaN, the second, passes
  const V r = power.r, above = fma(r * r, detail::exp_series(r, scalar_of<V>{}), r);      // e^r − 1
  const V t = fma(power.scale, above, power.scale - V(1)), size = -t / (V(2) + t);
  return select(x < V(0), -size, size);
}

// x above 0, x/5 below.
inline constexpr double leaky_slope = .2;
template <class V>
GUMBELCUDA_INLINE V leaky_relu(V x) {
  return max(x, x * V(scalar_of<V>(leaky_slope)));
}

GUMBELCUDA_MATH_END
