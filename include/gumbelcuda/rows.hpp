// SPDX-License-Identifier: Apache-2.0
// What the arguments of all operations on rows are made of: types of numbers, rows, the address of the noise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>

#include "gumbelcuda/detail/describe.hpp"
#include "gumbelcuda/export.h"
#include "gumbelcuda/math/storage.hpp"

namespace gumbelcuda {

// How numbers lie in memory. Those of 16 bits are computed with as float32, noise included, and rounded once when
// stored: to nearest, ties to even. Temperatures are floats for float64, too, and are what they hold: .1f is
// .100000001490116.
enum class number_type { float32, float16, bfloat16, float64 };

// From types to number_type. A program that has a 16-bit type of its own, as CUDA's __half is, specialises it.
template <class Number>
struct number_traits;
template <>
struct number_traits<float> {
  static constexpr number_type type = number_type::float32;
};
template <>
struct number_traits<double> {
  static constexpr number_type type = number_type::float64;
};
template <>
struct number_traits<float16> {
  static constexpr number_type type = number_type::float16;
};
template <>
struct number_traits<bfloat16> {
  static constexpr number_type type = number_type::bfloat16;
};

// In place of a type in arguments whose type is known when running only, `type`, as those of language bindings are.
struct any_number {};
template <>
struct number_traits<any_number> {};

namespace detail {

// `type` of arguments whose type the compiler knows.
template <class Number>
struct type_of_number {
  constexpr operator number_type() const { return number_traits<Number>::type; }
};

template <class Number>
struct number_types {
  using type = type_of_number<Number>;
  using stored = Number;
  using computed = std::conditional_t<number_traits<Number>::type == number_type::float64, double, float>;
};
template <>
struct number_types<any_number> {
  using type = number_type;
  using stored = void;
  using computed = void;
};

}  // namespace detail

template <class Number>
using number_type_of = typename detail::number_types<Number>::type;
// Of results that a row has one of: double for float64, float otherwise.
template <class Number>
using computed_number = typename detail::number_types<Number>::computed;
// Arguments without a type must be given one: this is none.
template <class Number>
constexpr number_type_of<Number> missing_type() {
  if constexpr (std::is_same_v<Number, any_number>)
    return number_type(-1);
  else
    return {};
}

// Which noise. Row r draws from row first_row + r of the seed's stream, class k of it from word offset + k
// (docs/noise-stream.md): the noise of a row depends on nothing else.
struct noise_address {
  std::uint64_t seed = 42;
  std::uint64_t first_row = 0;
  // A multiple of 4. Calls that are to draw independent noise for the same rows keep their offsets apart by the number
  // of classes, rounded up to a multiple of 4.
  std::uint64_t offset = 0;
  // Where not null, *device_offset, read when the kernel runs, is added to the offset. It has to be a multiple of 4,
  // and is rounded down to one: when a call is checked, its value need not be known yet. advance_noise() moves it on,
  // so that a CUDA graph that is replayed draws fresh noise.
  const std::uint64_t* device_offset = nullptr;
  // [row] each, where not null. With row_seed all rows read row first_row of their own seed's stream, so that what a
  // request draws does not depend on its place in the batch. row_offset, multiples of 4, is added to the row's offset;
  // on a device the sum is rounded down to one.
  const std::uint64_t *row_seed = nullptr, *row_offset = nullptr;
};
// Throws invalid_argument for what no operation would take.
GUMBELCUDA_API void validate(const noise_address& noise);

// Rows of classes: element k of row r is at r·row_stride + k·class_stride. Strides count elements. {data, 1, rows} is a
// matrix that lies transposed, class after class.
template <class Number>
struct basic_const_rows {
  const typename detail::number_types<Number>::stored* data = nullptr;
  std::size_t row_stride = 0;    // 0: rows lie one after another, classes·class_stride apart
  std::size_t class_stride = 0;  // 0: 1
};
// Numbers that are written do not overlap: the numbers of a row end before the next row, or those of a class before the
// next class. The same is asked of what is read. No result of a task begins where another of its results does, or where
// anything does that the task reads, but for what its comments allow: each call checks that.
template <class Number>
struct basic_mutable_rows {
  typename detail::number_types<Number>::stored* data = nullptr;
  std::size_t row_stride = 0;
  std::size_t class_stride = 0;
};
using const_rows = basic_const_rows<any_number>;
using mutable_rows = basic_mutable_rows<any_number>;
// As row_stride of const_rows: all rows are the one at data.
inline constexpr std::size_t repeated_row = ~std::size_t{0};

// What became of a row. Rows that cannot be drawn from give index −1 and NaN, and are no error of the call: on a device
// it has returned by then.
enum class row_status : std::uint8_t {
  drawn = 0,
  nothing_to_draw = 1,  // no logit above −inf
  not_finite = 2,       // a logit is NaN or +inf
  // What only categorical_sample says:
  looks_like_probabilities = 3,  // it was asked to look, and the row is no row of logits
  bad_parameter = 4,             // the row's temperature, top_p or min_p is out of range
};

namespace detail {

template <class To, class From>
constexpr void assign(To& to, const From& from) {
  if constexpr (requires { from.shape; })
    to = {from.data, from.shape, from.row_stride, from.class_stride};
  else if constexpr (requires { from.row_stride; })
    to = {from.data, from.row_stride, from.class_stride};
  else
    to = from;
}

}  // namespace detail

// The same arguments, with their type as a number.
template <template <class> class Args, class Number>
constexpr Args<any_number> untyped(const Args<Number>& args) {
  Args<any_number> result;
  constexpr auto from = describe(static_cast<const Args<Number>*>(nullptr));
  constexpr auto to = describe(static_cast<const Args<any_number>*>(nullptr));
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (detail::assign(result.*std::get<I>(to).member, args.*std::get<I>(from).member), ...);
  }
  (std::make_index_sequence<std::tuple_size_v<decltype(from)>>());
  return result;
}

}  // namespace gumbelcuda
