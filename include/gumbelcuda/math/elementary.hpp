// SPDX-License-Identifier: Apache-2.0
// log, exp, sigmoid and softplus as our own polynomials. Those of libm and of the GPU differ in the last bits, so
// results would differ between a GPU and a CPU. These functions use only + − × ÷, fma and integer operations, all
// correctly rounded everywhere, so every lane type of the same precision gives the same bits. Coefficients:
// scripts/fit_polynomials.py (float), series (double).
//
// Each function states its input set, output set, maximum error and special values. Errors are against long double;
// tests/unit/elementary_test.cpp checks a sample of all inputs and the worst inputs that were found.
#pragma once

#include "gumbelcuda/math/division.hpp"
#include "gumbelcuda/math/lane.hpp"

GUMBELCUDA_MATH_BEGIN

template <class Scalar>
struct elementary_constants;

template <>
struct elementary_constants<float> {
  static constexpr int mantissa_bits = 23;
  static constexpr std::uint32_t one_bits = 0x3f800000, sqrt_half_bits = 0x3f3504f3;
  static constexpr std::uint32_t exponent_unit = 1u << mantissa_bits;  // increases an exponent by one
  static constexpr float log2_e = 0x1.715476p+0f;
  // ln 2 in two parts: the first has so few bits that its product with an exponent is exact.
  static constexpr float ln2_high = 0x1.62e4p-1f, ln2_low = 0x1.7f7d1cp-20f;
  static constexpr float rounding_shift = 0x1.8p+23f;  // adding it rounds to the nearest integer
  static constexpr float exp_is_zero_below = -87.3f, exp_is_infinite_from = 88.5f;
  static constexpr float smallest_normal = 0x1p-126f;
};

template <>
struct elementary_constants<double> {
  static constexpr int mantissa_bits = 52;
  static constexpr std::uint64_t one_bits = 0x3ff0000000000000, sqrt_half_bits = 0x3fe6a09e667f3bcd;
  static constexpr std::uint64_t exponent_unit = std::uint64_t{1} << mantissa_bits;
  static constexpr double log2_e = 0x1.71547652b82fep+0;
  static constexpr double ln2_high = 0x1.62e42fee00000p-1, ln2_low = 0x1.a39ef35793c76p-33;
  static constexpr double rounding_shift = 0x1.8p+52;
  static constexpr double exp_is_zero_below = -708.3, exp_is_infinite_from = 709.5;
  static constexpr double smallest_normal = 0x1p-1022;
};

template <class V>
using constants_of = elementary_constants<scalar_of<V>>;

namespace detail {

// log(1 + f) for f in [√½ − 1, √2 − 1], by a fitted polynomial.
template <class V>
GUMBELCUDA_INLINE V log1p_reduced(V f, float /*precision*/) {
  const V f2 = f * f, f4 = f2 * f2;
  const V p01 = fma(f, V(-0x1.000382p-2f), V(0x1.5556d8p-2f));
  const V p23 = fma(f, V(-0x1.538248p-3f), V(0x1.98d7f4p-3f));
  const V p45 = fma(f, V(-0x1.2432bep-3f), V(0x1.317452p-3f));
  const V p46 = fma(f2, V(0x1.645edcp-4f), p45);
  const V p = fma(f4, p46, fma(f2, p23, p01));
  return fma(f2, fma(f, p, V(-0.5f)), f);
}

// The same by the area tangent series: log(1 + f) = 2·artanh(s), s = f/(2 + f), s² ≤ 0.0295.
template <class V>
GUMBELCUDA_INLINE V log1p_reduced(V f, double /*precision*/) {
  const V s = f / (V(2.0) + f), z = s * s, half_square = V(0.5) * f * f;
  V r = V(2.0 / 25);
  GUMBELCUDA_UNROLL
  for (int n = 23; n >= 3; n -= 2) r = fma(r, z, V(2.0 / n));
  return f - (half_square - s * fma(r, z, half_square));
}

// (exp(r) − 1 − r)/r² for |r| ≤ ½·ln 2.
template <class V>
GUMBELCUDA_INLINE V exp_series(V r, float /*precision*/) {
  const V r2 = r * r;
  const V q01 = fma(r, V(0x1.555492p-3f), V(0x1.fffffcp-2f));
  const V q23 = fma(r, V(0x1.1239d4p-7f), V(0x1.5558f2p-5f));
  return fma(r2, fma(r2, V(0x1.6a244cp-10f), q23), q01);
}

template <class V>
GUMBELCUDA_INLINE V exp_series(V r, double /*precision*/) {
  V q = V(1.0 / 6227020800.0);  // 1/13!
  double inverse_factorial = 1.0 / 6227020800.0;
  GUMBELCUDA_UNROLL
  for (int n = 13; n >= 3; --n) {
    inverse_factorial *= n;
    q = fma(q, r, V(inverse_factorial));
  }
  return q;
}

// exp(r) for |r| ≤ ½·ln 2.
template <class V>
GUMBELCUDA_INLINE V exp_reduced(V r) {
  return fma(r * r, exp_series(r, scalar_of<V>{}), r) + V(1);
}

// scale: 2^-k as a number, for the k that brings x·2^-k into [√½, √2). exponent: k·2^mantissa_bits as an integer.
template <class V>
struct exponent_split {
  V scale;
  bits_of<V> exponent;
};
template <class V>
GUMBELCUDA_INLINE exponent_split<V> split_exponent(V x) {
  using C = constants_of<V>;
  using I = bits_of<V>;
  const I exponent = (to_bits(x) - I(C::sqrt_half_bits)) & I(0 - C::exponent_unit);
  return {from_bits(I(C::one_bits) - exponent), exponent};
}

// k·ln 2 + log(1 + f), the last step of every logarithm here. It takes k·2^mantissa_bits: moving a power of two to the
// other factor changes no bit of a product. `negated` gives the negative, one operation cheaper than a minus
// afterwards. The bits are the same, because the sum is 0 only where k and f are 0, and not by cancelling.
template <bool negated = false, class V>
GUMBELCUDA_INLINE V join_log(bits_of<V> shifted_k, V f) {
  using C = constants_of<V>;
  constexpr scalar_of<V> unit = C::exponent_unit;
  const V k = convert_signed<V>(shifted_k), ln2_high = V(C::ln2_high / unit);
  const V rest = fma(k, V(C::ln2_low / unit), log1p_reduced(f, scalar_of<V>{}));
  if constexpr (negated)
    return negated_fma(k, ln2_high, rest);
  else
    return fma(k, ln2_high, rest);
}

template <bool negated, class V>
GUMBELCUDA_INLINE V log_or_negated(V x) {
  const auto split = split_exponent(x);
  return join_log<negated>(split.exponent, fma(x, split.scale, V(-1)));  // the product is exact
}

}  // namespace detail

// Natural logarithm. Input: normal, positive, below √2·2^126 (double: √2·2^1022). Error: 1.2 ulp (float), 2 ulp
// (double). log(1) is exactly 0. Any other input gives an unspecified result, which no caller uses.
template <class V>
GUMBELCUDA_INLINE V log(V x) {
  return detail::log_or_negated<false>(x);
}
// −log(x), with the same bits but for the sign.
template <class V>
GUMBELCUDA_INLINE V negated_log(V x) {
  return detail::log_or_negated<true>(x);
}

// Natural logarithm of any number above 0, subnormal ones included. −inf for 0; NaN for numbers below 0, +inf and NaN.
// Error: 2 ulp (float), 3 ulp (double).
template <class V>
GUMBELCUDA_INLINE V log_full_range(V x) {
  using S = scalar_of<V>;
  const S smallest = constants_of<V>::smallest_normal;
  const double ln2 = 0.69314718055994530942;
  const auto is_small = x<V(smallest), is_large = x> V(1 / smallest);
  const V factor = select(is_small, V(S(0x1p+54)), select(is_large, V(S(0.25)), V(1)));
  const V shift = select(is_small, V(S(-54 * ln2)), select(is_large, V(S(2 * ln2)), V(0)));
  const V y = select(x > V(0), log(x * factor) + shift, select(x == V(0), V(S(-INFINITY)), V(S(NAN))));
  return select(x < V(S(INFINITY)), y, V(S(NAN)));
}

namespace detail {

// For the n with x = n·ln 2 + r: r, in ±½·ln 2, and 2^(n − Less) as a number.
template <class V>
struct power_split {
  V r, scale;
};
template <int Less = 0, class V>
GUMBELCUDA_INLINE power_split<V> split_power(V x) {
  using C = constants_of<V>;
  const V shifted = fma(x, V(C::log2_e), V(C::rounding_shift)), n = shifted - V(C::rounding_shift);
  const V r = fma(n, V(-C::ln2_low), fma(n, V(-C::ln2_high), x));
  const auto exponent = shift_left<C::mantissa_bits>(to_bits(shifted));
  return {r, from_bits(exponent + bits_of<V>(C::one_bits - Less * C::exponent_unit))};
}

// exp(x) without the limit at the upper end. Input: x ≤ exp_is_infinite_from, or NaN.
template <class V>
GUMBELCUDA_INLINE V exp_bounded(V x) {
  const power_split<V> power = split_power(x);
  return select(x < V(constants_of<V>::exp_is_zero_below), V(0), exp_reduced(power.r) * power.scale);
}

}  // namespace detail

// exp. Input: any. Error: 1.1 ulp (float), 2 ulp (double) where the result is normal. Below −87.3 (double: −708.3) it
// is exactly 0 by definition, which makes far losers of a softmax exact zeros. Above 88.38 (709.44) it is +inf. exp(0)
// is exactly 1. NaN gives NaN.
template <class V>
GUMBELCUDA_INLINE V exp(V x) {
  return detail::exp_bounded(min(V(constants_of<V>::exp_is_infinite_from), x));  // NaN, the second operand, passes
}

// exp with the same bits, one operation cheaper. Input: x ≤ 0 or NaN; any other gives an unspecified result.
template <class V>
GUMBELCUDA_INLINE V exp_nonpositive(V x) {
  return detail::exp_bounded(x);
}

// ½·exp(x), for sums with e^x that must be finite up to x = 88.72 (double: 709.78), where exp is not: half of what exp
// gives or, above its limit, should give. +inf from 89.07 (710.13) on; exactly 0 below −86.3 (−707.3) by definition.
// Input: any. Error: that of exp. NaN gives NaN.
template <class V>
GUMBELCUDA_INLINE V half_exp(V x) {
  using C = constants_of<V>;
  const auto power = detail::split_power<1>(min(V(C::exp_is_infinite_from + 1), x));
  return select(x < V(C::exp_is_zero_below + 1), V(0), detail::exp_reduced(power.r) * power.scale);
}

// e^x − 1 − x: how far exp lies above its tangent at 0. Never negative. Input: x ≤ exp_is_infinite_from, or NaN. Error:
// 8 ulp (float), 6 ulp (double). NaN gives NaN.
template <class V>
GUMBELCUDA_INLINE V exp_above_tangent(V x) {
  // 2^n·r²·series(r) + 2^n·(1 + r) − 1 − x. Far below 0, 2^n is too small to count, so x may be bounded there.
  const detail::power_split<V> power = detail::split_power(max(V(constants_of<V>::exp_is_zero_below + 1), x));
  const V line = fma(power.scale, power.r, power.scale - V(1)) - x;
  return fma(power.scale, (power.r * power.r) * detail::exp_series(power.r, scalar_of<V>{}), line);
}

// 1/(1 + e^−x). Input: any. Output: [0, 1]. Error: 2.5 ulp, but exactly 0 where exp(x) is exactly 0. NaN gives NaN.
template <class V, class Divide = plain_division>
GUMBELCUDA_INLINE V sigmoid(V x, Divide divide = {}) {
  const V e = exp_nonpositive(-abs(x));
  return divide(select(x < V(0), e, V(1)), V(1) + e);
}

// log(1 + e^x). Input: any. Error: 2.5 ulp. Where e^−|x| is exactly 0, it equals x for x > 0, and 0 for x < 0.
template <class V>
GUMBELCUDA_INLINE V softplus(V x) {
  const V e = exp_nonpositive(-abs(x));
  // 1 + e lies in (1, 2]. The reduced argument is either e itself, or (e − 1)/2 with one factor of 2.
  const auto large = e > V(scalar_of<V>(0.41421356237309503));
  const V f = select(large, V(scalar_of<V>(0.5)) * (e - V(1)), e);
  using I = bits_of<V>;
  return max(x, V(0)) + detail::join_log(select(large, I(constants_of<V>::exponent_unit), I(0)), f);
}

GUMBELCUDA_MATH_END
