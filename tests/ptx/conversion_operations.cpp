// SPDX-License-Identifier: Apache-2.0
// cvt: between integers, between floating-point types, and from one kind to the other.
#include <cmath>
#include <limits>

#include "tests/ptx/operations.hpp"

namespace gumbelcuda::ptx {
namespace {

// Out of range: the nearest integer. NaN: 0 between types of at most 32 bits, else the highest bit alone.
template <class Integer, class Real>
Integer to_integer(Real rounded) {
  using limits = std::numeric_limits<Integer>;
  if (rounded != rounded) {
    if (sizeof(Real) < 8 && sizeof(Integer) < 8) return 0;
    return Integer(u64{1} << (8 * sizeof(Integer) - 1));
  }
  if (rounded <= Real(limits::min())) return limits::min();
  if (rounded >= Real(limits::max())) return limits::max();
  return Integer(rounded);
}

template <class Real, class Integer>
void define_integer_and_real(operation_table& t, const std::string& real, const std::string& integer) {
  t.define("cvt.rn." + real + "." + integer, [](Integer a) { return Real(a); });
  const auto define = [&](const std::string& name, auto function) {
    t.define("cvt." + name + "." + integer + "." + real, function);
  };
  define("rni", [](Real a) { return to_integer<Integer>(std::nearbyint(a)); });
  define("rzi", [](Real a) { return to_integer<Integer>(std::trunc(a)); });
  define("rmi", [](Real a) { return to_integer<Integer>(std::floor(a)); });
  define("rpi", [](Real a) { return to_integer<Integer>(std::ceil(a)); });
  if constexpr (sizeof(Real) == 4) {
    define("rni.ftz", [](Real a) { return to_integer<Integer>(std::nearbyint(flushed<true>(a))); });
    define("rzi.ftz", [](Real a) { return to_integer<Integer>(std::trunc(flushed<true>(a))); });
    define("rmi.ftz", [](Real a) { return to_integer<Integer>(std::floor(flushed<true>(a))); });
    define("rpi.ftz", [](Real a) { return to_integer<Integer>(std::ceil(flushed<true>(a))); });
  }
}

template <class Real>
void define_rounding(operation_table& t, const std::string& type) {
  const std::string both = "." + type + "." + type;
  t.define("cvt.rni" + both, [](Real a) { return one_nan(std::nearbyint(a)); });
  t.define("cvt.rzi" + both, [](Real a) { return one_nan(std::trunc(a)); });
  t.define("cvt.rmi" + both, [](Real a) { return one_nan(std::floor(a)); });
  t.define("cvt.rpi" + both, [](Real a) { return one_nan(std::ceil(a)); });
  t.define("cvt.sat" + both, [](Real a) { return a > 0 ? a < 1 ? a : Real(1) : Real(0); });
}

// float16: 5 bits of exponent, 10 of fraction.
f32 from_float16(u16 h) {
  const u32 exponent = h >> 10 & 31, fraction = h & 0x3ff;
  f32 size;
  if (exponent == 31)
    size = fraction != 0 ? NAN : INFINITY;
  else if (exponent == 0)
    size = f32(fraction) * 0x1p-24f;
  else
    size = __builtin_bit_cast(f32, (exponent + 112) << 23 | fraction << 13);
  return one_nan(h >> 15 ? -size : size);
}

u16 to_float16(f32 x) {
  if (x != x) return 0x7fff;
  const u16 sign = u16(__builtin_bit_cast(u32, x) >> 16 & 0x8000);
  const f32 size = std::fabs(x);
  if (size < 0x1p-14f) return u16(sign | u16(std::nearbyint(size * 0x1p24f)));  // subnormal, or the least normal one
  if (size >= 65520.f) return u16(sign | 0x7c00);
  const u32 bits = __builtin_bit_cast(u32, size);
  const u32 rounded = bits + 0xfff + (bits >> 13 & 1);  // to nearest, ties to even
  return u16(sign | u16((rounded >> 13) - (112u << 10)));
}

u16 to_bfloat16(f32 x) {
  if (x != x) return 0x7fff;
  const u32 bits = __builtin_bit_cast(u32, x);
  return u16((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

using integer_types = std::tuple<s8, u8, s16, u16, s32, u32, s64, u64>;
constexpr std::string_view integer_names[] = {"s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64"};

// The value of type T in a register, as 64 bits, and back: what does not fit is cut off.
template <class Register, class T>
void read_lanes(const warp& w, slot from, u64* values) {
  for (unsigned l = 0; l < lanes_per_warp; ++l) values[l] = u64(T(w.lanes<Register>(from)[l]));
}
template <class Register, class T>
void write_lanes(const warp& w, slot to, const u64* values) {
  for (unsigned l = 0; l < lanes_per_warp; ++l)
    if (w.takes_part[l]) w.lanes<Register>(to)[l] = Register(T(values[l]));
}

using reader = void (*)(const warp&, slot, u64*);
using writer = void (*)(const warp&, slot, const u64*);
template <std::size_t... n>
constexpr auto make_readers(std::index_sequence<n...>) {
  return std::array{std::array<reader, 3>{&read_lanes<u16, std::tuple_element_t<n, integer_types>>,
                                          &read_lanes<u32, std::tuple_element_t<n, integer_types>>,
                                          &read_lanes<u64, std::tuple_element_t<n, integer_types>>}...};
}
template <std::size_t... n>
constexpr auto make_writers(std::index_sequence<n...>) {
  return std::array{std::array<writer, 3>{&write_lanes<u16, std::tuple_element_t<n, integer_types>>,
                                          &write_lanes<u32, std::tuple_element_t<n, integer_types>>,
                                          &write_lanes<u64, std::tuple_element_t<n, integer_types>>}...};
}
constexpr auto readers = make_readers(std::make_index_sequence<8>{});
constexpr auto writers = make_writers(std::make_index_sequence<8>{});

u32 number_of(std::string_view type, unsigned bytes) {
  for (u32 n = 0; n < 8; ++n)
    if (integer_names[n] == type) return n * 3 + (bytes == 2 ? 0 : bytes == 4 ? 1 : 2);
  throw error(error_kind::unknown_instruction, "cvt of " + std::string(type));
}

}  // namespace

u32 integer_conversion(std::string_view to, unsigned to_bytes, std::string_view from, unsigned from_bytes) {
  return number_of(to, to_bytes) * 24 + number_of(from, from_bytes);
}

void convert_integers(warp& w, const instruction& i) {
  alignas(64) u64 values[lanes_per_warp];
  const u32 to = i.detail / 24, from = i.detail % 24;
  readers[from / 3][from % 3](w, i.source[0], values);
  writers[to / 3][to % 3](w, i.result, values);
}

void define_conversions(operation_table& t) {
  define_integer_and_real<f32, s32>(t, "f32", "s32"), define_integer_and_real<f32, u32>(t, "f32", "u32");
  define_integer_and_real<f32, s64>(t, "f32", "s64"), define_integer_and_real<f32, u64>(t, "f32", "u64");
  define_integer_and_real<f32, s16>(t, "f32", "s16"), define_integer_and_real<f32, u16>(t, "f32", "u16");
  define_integer_and_real<f64, s32>(t, "f64", "s32"), define_integer_and_real<f64, u32>(t, "f64", "u32");
  define_integer_and_real<f64, s64>(t, "f64", "s64"), define_integer_and_real<f64, u64>(t, "f64", "u64");
  define_rounding<f32>(t, "f32"), define_rounding<f64>(t, "f64");
  t.define("cvt.f64.f32", [](f32 a) { return one_nan(f64(a)); });
  t.define("cvt.ftz.f64.f32", [](f32 a) { return one_nan(f64(flushed<true>(a))); });
  t.define("cvt.rn.f32.f64", [](f64 a) { return one_nan(f32(a)); });
  t.define("cvt.rn.ftz.f32.f64", [](f64 a) { return flushed<true>(one_nan(f32(a))); });
  t.define("cvt.f32.f16", [](u16 a) { return from_float16(a); });
  t.define("cvt.ftz.f32.f16", [](u16 a) { return from_float16(a); });  // float16's subnormal numbers are normal ones
  t.define("cvt.rn.f16.f32", [](f32 a) { return to_float16(a); });
  t.define("cvt.f32.bf16", [](u16 a) { return one_nan(__builtin_bit_cast(f32, u32(a) << 16)); });
  t.define("cvt.rn.bf16.f32", [](f32 a) { return to_bfloat16(a); });
}

}  // namespace gumbelcuda::ptx
