// SPDX-License-Identifier: Apache-2.0
// The lane interface: what a type must offer for the functions of math/ and detail/gan/ to run on it.
//
// A value of a lane type V stands for one real number per GAN, row or sample. `float` is a GPU thread or a scalar;
// `double` is the reference for gradients; detail/simd.hpp adds a vector, each element of which is such a number.
// Functions take and return lanes by value. They choose with select(), never with an `if` on a lane, so that the same
// text works for all of them. The interface, here for scalars:
//
//   lane<V>::scalar, ::bits, ::word, ::mask      number, its representation, 32 random bits, bool
//   lane<V>::width                               the number of elements, each of them such a number
//   scalars convert to lanes implicitly; + - * / unary minus; < > == give masks; masks have &
//   fma sqrt min max abs select                  correctly rounded, never contracted or reassociated
//   either_min either_max                        min and max, but of a NaN and a number either may be the result
//   negated_fma(a, b, c)                         −a·b − c, rounded once
//   to_bits from_bits shift_left shift_right     the IEEE-754 representation, for log and exp; it has &, its + and −
//                                                wrap, its right shift copies the sign
//   convert_signed<V>(bits)                      two's-complement integer to number, rounded to nearest
//   convert_word<V>(word)                        the same for words below 2^31
//   convert_signed_word<V>(word)                 word − 2^31 as a number, rounded to nearest
//   word_is_low(w), fold_word(w)                 the mask w < 2^31; w itself where it is low, ~w elsewhere
//   if_low(w, V), negate_if_low(w, V)            the number where w is low, 0 elsewhere; −number where low, else number
//   word_in_range<V>(w, first, last)             a mask
//   estimate_word<V>(word)                       any word as a number, relative error up to 2^-22
//   reciprocal_estimate(V)                       relative error up to 2^-11, differs between machines:
//                                                only for tests whose outcome has a margin
//   any_element(mask), all_elements(mask)        whether the mask holds for any element; for all
//   first_element(mask)                          the first element for which it holds, if there is one
//   count_elements(mask), largest_element(V)     how many it holds for; the largest element, if none is NaN
//   one_element(i, V, V)                         element i of the first V, if there is one, all others of the second
//   first_elements(count, V, V)                  the first `count` elements of the first V, all others of the second
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "gumbelcuda/config.hpp"

GUMBELCUDA_MATH_BEGIN

template <class V>
struct lane;

template <>
struct lane<float> {
  using scalar = float;
  using bits = std::uint32_t;
  using word = std::uint32_t;
  using mask = bool;
  static constexpr int width = 1;
};

template <>
struct lane<double> {
  using scalar = double;
  using bits = std::uint64_t;
  using word = std::uint32_t;
  using mask = bool;
  static constexpr int width = 1;
};

template <class V>
using scalar_of = typename lane<V>::scalar;
template <class V>
using bits_of = typename lane<V>::bits;
template <class V>
using word_of = typename lane<V>::word;
template <class V>
using mask_of = typename lane<V>::mask;

GUMBELCUDA_INLINE float fma(float a, float b, float c) { return ::fmaf(a, b, c); }
GUMBELCUDA_INLINE double fma(double a, double b, double c) { return ::fma(a, b, c); }
GUMBELCUDA_INLINE float negated_fma(float a, float b, float c) { return fma(-a, b, -c); }
GUMBELCUDA_INLINE double negated_fma(double a, double b, double c) { return fma(-a, b, -c); }
GUMBELCUDA_INLINE float sqrt(float x) { return ::sqrtf(x); }
GUMBELCUDA_INLINE double sqrt(double x) { return ::sqrt(x); }

template <class T>
GUMBELCUDA_INLINE T select(bool condition, T yes, T no) {
  return condition ? yes : no;
}
// The second operand if the two compare unordered, as on x86.
GUMBELCUDA_INLINE float min(float a, float b) { return a < b ? a : b; }
GUMBELCUDA_INLINE double min(double a, double b) { return a < b ? a : b; }
GUMBELCUDA_INLINE float max(float a, float b) { return a > b ? a : b; }
GUMBELCUDA_INLINE double max(double a, double b) { return a > b ? a : b; }
template <class V>
GUMBELCUDA_INLINE V either_min(V a, V b) {
  return min(a, b);
}
template <class V>
GUMBELCUDA_INLINE V either_max(V a, V b) {
  return max(a, b);
}
template <>
GUMBELCUDA_INLINE float either_min(float a, float b) {
  return GUMBELCUDA_EITHER_MIN(a, b);
}
template <>
GUMBELCUDA_INLINE float either_max(float a, float b) {
  return GUMBELCUDA_EITHER_MAX(a, b);
}
GUMBELCUDA_INLINE float abs(float x) { return ::fabsf(x); }
GUMBELCUDA_INLINE double abs(double x) { return ::fabs(x); }

GUMBELCUDA_INLINE bool any_element(bool m) { return m; }
GUMBELCUDA_INLINE bool all_elements(bool m) { return m; }
GUMBELCUDA_INLINE int first_element(bool) { return 0; }
GUMBELCUDA_INLINE int count_elements(bool m) { return m ? 1 : 0; }
GUMBELCUDA_INLINE float largest_element(float x) { return x; }
GUMBELCUDA_INLINE double largest_element(double x) { return x; }
template <class T>
GUMBELCUDA_INLINE T one_element(std::uint64_t i, T in_it, T elsewhere) {
  return i == 0 ? in_it : elsewhere;
}
template <class T>
GUMBELCUDA_INLINE T first_elements(std::uint64_t count, T in_them, T padding) {
  return count > 0 ? in_them : padding;
}

GUMBELCUDA_INLINE std::uint32_t to_bits(float x) {
  std::uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}
GUMBELCUDA_INLINE std::uint64_t to_bits(double x) {
  std::uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}
GUMBELCUDA_INLINE float from_bits(std::uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}
GUMBELCUDA_INLINE double from_bits(std::uint64_t bits) {
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}
template <int Count>
GUMBELCUDA_INLINE std::uint32_t shift_left(std::uint32_t x) {
  return x << Count;
}
template <int Count>
GUMBELCUDA_INLINE std::uint64_t shift_left(std::uint64_t x) {
  return x << Count;
}
template <int Count>
GUMBELCUDA_INLINE std::uint32_t shift_right(std::uint32_t x) {
  return std::uint32_t(std::int32_t(x) >> Count);
}
template <int Count>
GUMBELCUDA_INLINE std::uint64_t shift_right(std::uint64_t x) {
  return std::uint64_t(std::int64_t(x) >> Count);
}
template <class V>
GUMBELCUDA_INLINE V convert_signed(std::uint32_t x) {
  return V(std::int32_t(x));
}
template <class V>
GUMBELCUDA_INLINE V convert_signed(std::uint64_t x) {
  return V(std::int64_t(x));
}

template <class V>
GUMBELCUDA_INLINE V convert_word(std::uint32_t x) {
  return V(std::int32_t(x));
}
template <class V>
GUMBELCUDA_INLINE V convert_signed_word(std::uint32_t x) {
  return V(std::int32_t(x ^ 0x80000000u));
}
GUMBELCUDA_INLINE bool word_is_low(std::uint32_t x) { return x < 0x80000000u; }
template <class V>
GUMBELCUDA_INLINE V if_low(std::uint32_t x, V value) {
  return word_is_low(x) ? value : V(0);
}
template <class V>
GUMBELCUDA_INLINE V negate_if_low(std::uint32_t x, V value) {
  return word_is_low(x) ? -value : value;
}
GUMBELCUDA_INLINE std::uint32_t fold_word(std::uint32_t x) { return x ^ shift_right<31>(x); }
template <class V>
GUMBELCUDA_INLINE bool word_in_range(std::uint32_t x, std::uint32_t first, std::uint32_t last) {
  return first <= x && x <= last;
}
template <class V>
GUMBELCUDA_INLINE V estimate_word(std::uint32_t x) {
  return V(x);
}
GUMBELCUDA_INLINE float reciprocal_estimate(float x) { return GUMBELCUDA_RECIPROCAL_ESTIMATE(x); }
GUMBELCUDA_INLINE double reciprocal_estimate(double x) { return 1.0 / x; }

// A count that is known when compiling, so that loops over it unroll. Where a count is known only at run time, a plain
// int takes its place.
template <int N>
struct fixed {
  GUMBELCUDA_HD constexpr operator int() const { return N; }
};
// A count that is known only at run time, but is at most N, so that arrays can be sized for it.
template <int N>
struct bounded {
  int value;
  GUMBELCUDA_HD constexpr operator int() const { return value; }
};
template <class Count>
inline constexpr bool is_fixed = false;
template <int N>
inline constexpr bool is_fixed<fixed<N>> = true;

GUMBELCUDA_MATH_END
