// SPDX-License-Identifier: Apache-2.0
// How numbers are stored, which may be narrower than how they are computed with. float16 and bfloat16 are loaded into a
// float, exactly, and stored with one rounding, to nearest, ties to even. Standard: IEEE 754-2019, binary16; bfloat16
// is the upper half of a binary32.
#pragma once

#include <cstdint>

#include "gumbelcuda/config.hpp"
#include "gumbelcuda/math/lane.hpp"

GUMBELCUDA_MATH_BEGIN

struct float16 {
  std::uint16_t bits;
};
struct bfloat16 {
  std::uint16_t bits;
};

// The type that a stored number is computed with.
template <class Stored>
struct computed {
  using type = float;
};
template <>
struct computed<double> {
  using type = double;
};
template <class Stored>
using computed_of = typename computed<Stored>::type;

namespace detail {

// Every binary16 number, exactly.
GUMBELCUDA_INLINE float half_to_float(std::uint16_t half) {
  const std::uint32_t sign = std::uint32_t(half & 0x8000u) << 16, magnitude = half & 0x7fffu;
  // The exponent's bias goes from 15 to 127. A subnormal is its integer times 2^-24. Infinity and NaN keep an exponent
  // of ones.
  const std::uint32_t normal = (magnitude << 13) + ((127u - 15u) << 23);
  const std::uint32_t subnormal = to_bits(float(magnitude) * 0x1p-24f);
  const std::uint32_t special = (magnitude << 13) | 0x7f800000u;
  return from_bits(sign | (magnitude < 0x0400u ? subnormal : magnitude < 0x7c00u ? normal : special));
}

// To nearest, ties to even. Input: not NaN.
GUMBELCUDA_INLINE std::uint16_t float_to_half(float x) {
  const std::uint32_t bits = to_bits(x), sign = bits >> 16 & 0x8000u, magnitude = bits & 0x7fffffffu;
  std::uint32_t half;
  if (magnitude >= 0x477ff000u)  // 65520 rounds to 65536
    half = 0x7c00u;
  else if (magnitude < 0x38800000u)  // below 2^-14: adding ½ leaves the multiple of 2^-24 in the lowest bits
    half = to_bits(from_bits(magnitude) + 0.5f) - 0x3f000000u;
  else
    half = (magnitude - ((127u - 15u) << 23) + 0x0fffu + (magnitude >> 13 & 1u)) >> 13;
  return std::uint16_t(sign | half);
}

}  // namespace detail

// From stored to computed numbers, exactly.
GUMBELCUDA_INLINE float widen(float x) { return x; }
GUMBELCUDA_INLINE double widen(double x) { return x; }
GUMBELCUDA_INLINE float widen(bfloat16 x) { return from_bits(std::uint32_t(x.bits) << 16); }
GUMBELCUDA_INLINE float widen(float16 x) { return GUMBELCUDA_FROM_HALF(x.bits, detail::half_to_float(x.bits)); }

// One NaN for all NaNs: processors differ in which of the many representations an operation gives.
template <class V>
GUMBELCUDA_INLINE V canonical(V x) {
  return select(x == x, x, V(NAN));
}

// From computed to stored numbers, to nearest, ties to even. Too large a number becomes infinity, NaN the canonical
// NaN.
template <class Stored>
GUMBELCUDA_INLINE Stored narrow(computed_of<Stored> x);

template <>
GUMBELCUDA_INLINE float narrow<float>(float x) {
  return canonical(x);
}
template <>
GUMBELCUDA_INLINE double narrow<double>(double x) {
  return canonical(x);
}
template <>
GUMBELCUDA_INLINE bfloat16 narrow<bfloat16>(float x) {
  const std::uint32_t bits = to_bits(x);
  if (!(x == x)) return {0x7fc0u};
  return {std::uint16_t((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16)};
}
template <>
GUMBELCUDA_INLINE float16 narrow<float16>(float x) {
  if (!(x == x)) return {0x7e00u};
  return {GUMBELCUDA_TO_HALF(x, detail::float_to_half(x))};
}

GUMBELCUDA_MATH_END
