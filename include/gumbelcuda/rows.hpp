// SPDX-License-Identifier: Apache-2.0
// What the arguments of all operations on rows are made of: types of numbers, rows, the address of the noise.
#pragma once

#include <cstddef>
#include <cstdint>

#include "gumbelcuda/export.h"

namespace gumbelcuda {

// How numbers lie in memory. Those of 16 bits are computed with as float32, noise included, and rounded once when
// stored: to nearest, ties to even. Temperatures are floats for float64, too, and are what they hold: .1f is
// .100000001490116.
enum class number_type { float32, float16, bfloat16, float64 };

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
};
// Throws invalid_argument for what no operation would take.
GUMBELCUDA_API void validate(const noise_address& noise);

// Rows of classes: element k of row r is at r·row_stride + k·class_stride. Strides count elements. {data, 1, rows} is a
// matrix that lies transposed, class after class.
struct const_rows {
  const void* data = nullptr;
  std::size_t row_stride = 0;    // 0: rows lie one after another, classes·class_stride apart
  std::size_t class_stride = 0;  // 0: 1
};
// Numbers that are written do not overlap: the numbers of a row end before the next row, or those of a class before the
// next class. The same is asked of what is read. No result of a task begins where another of its results does, or where
// anything does that the task reads, but for what its comments allow: each call checks that.
struct mutable_rows {
  void* data = nullptr;
  std::size_t row_stride = 0;
  std::size_t class_stride = 0;
};
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

}  // namespace gumbelcuda
