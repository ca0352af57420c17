// SPDX-License-Identifier: Apache-2.0
// What the arguments of all operations on rows consist of: number types, rows, and the address of the noise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "gumbelcuda/detail/describe.hpp"
#include "gumbelcuda/error.hpp"
#include "gumbelcuda/export.h"
#include "gumbelcuda/math/storage.hpp"

namespace gumbelcuda {

// How numbers are stored. 16-bit numbers are computed with as float32, noise included, and rounded once when stored, to
// nearest, ties to even. Temperatures are floats for float64 rows, too, and mean exactly what the float holds: .1f is
// .100000001490116.
enum class number_type { float32, float16, bfloat16, float64 };

// From a C++ type to its number_type. A program that has a 16-bit type of its own, such as CUDA's __half, specialises
// it.
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

// Stands for the number type in arguments whose type is known only at run time, as it is in language bindings. Their
// member `type` says which it is.
struct any_number {};
template <>
struct number_traits<any_number> {};

namespace detail {

// The member `type` of arguments whose number type the compiler knows.
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
// The type of results such as log-probabilities, which are not stored as Number: double for float64, float otherwise.
template <class Number>
using computed_number = typename detail::number_types<Number>::computed;
// The default of `type`. Arguments of type any_number must be given a type; this one is not valid.
template <class Number>
constexpr number_type_of<Number> missing_type() {
  if constexpr (std::is_same_v<Number, any_number>)
    return number_type(-1);
  else
    return {};
}

// Which noise a call draws. Row r draws from row first_row + r of the seed's stream, class k of it from word offset + k
// (docs/noise-stream.md). The noise of a row depends on nothing else.
struct noise_address {
  std::uint64_t seed = 42;
  std::uint64_t first_row = 0;
  // A multiple of 4. Calls that are to draw independent noise for the same rows need offsets that differ by at least
  // the number of classes, rounded up to a multiple of 4.
  std::uint64_t offset = 0;
  // If not null, *device_offset is added to the offset. It is read when the kernel runs. It must be a multiple of 4,
  // and is rounded down to one, because its value need not be known yet when the call is checked. advance_noise()
  // increases it, so that a replayed CUDA graph draws fresh noise.
  const std::uint64_t* device_offset = nullptr;
  // [row] each, if not null. With row_seed every row reads row first_row of its own seed's stream, so that what a
  // request draws does not depend on its place in the batch. row_offset is added to the row's offset. Its values are
  // multiples of 4; on a device the sum is rounded down to one. advance_row_offsets() increases them there.
  const std::uint64_t *row_seed = nullptr, *row_offset = nullptr;
};
// Throws invalid_argument if no operation would accept `noise`.
GUMBELCUDA_API void validate(const noise_address& noise);

// Rows of classes: element k of row r is data[r·row_stride + k·class_stride]. Strides count elements. {data, 1, rows}
// is a transposed matrix, class after class.
template <class Number>
struct basic_const_rows {
  const typename detail::number_types<Number>::stored* data = nullptr;
  std::size_t row_stride = 0;    // 0: rows follow one another, classes·class_stride apart
  std::size_t class_stride = 0;  // 0 means 1
};
// Numbers that are written must not overlap: the numbers of a row end before the next row, or those of a class before
// the next class. The same is required of numbers that are read. A result must not begin where another result of the
// call begins, or where an array that the call reads begins, unless a comment allows it. Each call checks this.
template <class Number>
struct basic_mutable_rows {
  typename detail::number_types<Number>::stored* data = nullptr;
  std::size_t row_stride = 0;
  std::size_t class_stride = 0;
};
using const_rows = basic_const_rows<any_number>;
using mutable_rows = basic_mutable_rows<any_number>;
// As row_stride of const_rows: every row is the one at data.
inline constexpr std::size_t repeated_row = ~std::size_t{0};

// What became of a row. A row that cannot be drawn from gives index −1 and NaN. That is no error of the call: on a
// device the call has returned by then.
enum class row_status : std::uint8_t {
  drawn = 0,
  nothing_to_draw = 1,  // no logit above −inf
  not_finite = 2,       // a logit is NaN or +inf
  // Only categorical_sample has these:
  looks_like_probabilities = 3,  // the check was requested, and the row is one of probabilities, not of logits
  bad_parameter = 4,             // the row's temperature, top_p or min_p is out of range
};

namespace detail {

template <class To, class From>
constexpr void assign(const char* name, To& to, const From& from) {
  if constexpr (requires { from.data.points_to_sums(); })
    if (from.data && from.data.points_to_sums() != (from.shape != decltype(from.shape){}))
      throw invalid_argument(name + std::string(".data"), "its type is not that of this shape's numbers");
  if constexpr (requires { from.shape; })
    to = {from.data, from.shape, from.row_stride, from.class_stride};
  else if constexpr (requires { from.row_stride; })
    to = {from.data, from.row_stride, from.class_stride};
  else
    to = from;
}

}  // namespace detail

// The same arguments with their number type as a value: from Args<float> to Args<any_number>. Throws invalid_argument
// where a derivative of 16-bit numbers is of the other type than its shape says.
template <template <class> class Args, class Number>
constexpr Args<any_number> untyped(const Args<Number>& args) {
  Args<any_number> result;
  constexpr auto from = describe(static_cast<const Args<Number>*>(nullptr));
  constexpr auto to = describe(static_cast<const Args<any_number>*>(nullptr));
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (detail::assign(std::get<I>(to).name, result.*std::get<I>(to).member, args.*std::get<I>(from).member), ...);
  }
  (std::make_index_sequence<std::tuple_size_v<decltype(from)>>());
  return result;
}

}  // namespace gumbelcuda
