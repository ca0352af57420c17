// SPDX-License-Identifier: Apache-2.0
// What the operations on rows work on: plain data, the same for a caller, a kernel and the CPU. sampling.hpp has the
// functions.
#pragma once

#include <cstddef>
#include <cstdint>

#include "gumbelcuda/rows/describe.hpp"

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

// out[r][k]: standard Gumbel variates, float in [−3.13000, 45.06].
struct gumbel_noise_task {
  std::uint64_t rows = 0, classes = 0;
  number_type type = number_type::float32;
  noise_address noise{};
  mutable_rows out{};
};
constexpr auto describe(const gumbel_noise_task*) {
  using task = gumbel_noise_task;
  return all_fields(GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes), GUMBELCUDA_FIELD(type), GUMBELCUDA_FIELD(noise),
                    GUMBELCUDA_FIELD(out));
}

// index[r] = argmax_k(logits[r][k] + gumbel): a sample of softmax(logits[r]). The sums are compared as if they were not
// rounded, and where they are equal the lowest class is taken, so that noise counts however large logits are
// (docs/numerics.md). So it is with every operation that draws.
struct gumbel_max_task {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type type = number_type::float32;
  noise_address noise{};
  const_rows logits{};            // −inf: a masked class
  std::int64_t* index = nullptr;  // [row], in [0, classes), or −1
  // [row] each, null: not wanted. log softmax(logits[r])[index[r]]: double for float64, float otherwise; and why
  // there is no index.
  void* log_prob = nullptr;
  row_status* status = nullptr;
};
constexpr auto describe(const gumbel_max_task*) {
  using task = gumbel_max_task;
  return all_fields(GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes, .least = 1), GUMBELCUDA_FIELD(type),
                    GUMBELCUDA_FIELD(noise), GUMBELCUDA_FIELD(logits), GUMBELCUDA_FIELD(index),
                    GUMBELCUDA_FIELD(log_prob, .optional = true), GUMBELCUDA_FIELD(status, .optional = true));
}

// y = softmax((logits + gumbel)/τ). Jang, Gu, Poole, arXiv:1611.01144; Maddison, Mnih, Teh, arXiv:1611.00712.
struct gumbel_softmax_task {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type type = number_type::float32;
  noise_address noise{};
  const_rows logits{};  // −inf: a masked class, of which y is exactly 0
  // τ ≥ 0, finite; 0 is the limit, one-hot. One for all rows, or one each. A row whose τ is neither gets NaN and −1.
  const float* temperature = nullptr;
  bool temperature_per_row = false;
  // At least one of the three: the relaxed sample, or its logarithm where log_domain is set; its hard sample as a
  // one-hot row, and as a number: gumbel_max's. y is that of rounded sums: its error is that of logits which are off by
  // half a unit in the last place of the sum, over τ. Where two of them round to the same largest number, y is the same
  // for both, and the hard sample is still one. y and one_hot may be logits, or gumbel, with the same
  // strides.
  mutable_rows y{}, one_hot{};
  std::int64_t* index = nullptr;
  bool log_domain = false;
  // The noise, where it is given and not drawn: any numbers, and noise is then not used. −inf masks its class; a NaN or
  // +inf makes its row NaN and −1. With zeros y is a plain softmax of temperature τ.
  const_rows gumbel{};
  // Where it is wanted, besides: the noise that was drawn, as gumbel_noise writes it. Not with gumbel. May be logits,
  // with the same strides.
  mutable_rows gumbel_out{};
};
constexpr auto describe(const gumbel_softmax_task*) {
  using task = gumbel_softmax_task;
  return all_fields(
      GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes, .least = 1), GUMBELCUDA_FIELD(type), GUMBELCUDA_FIELD(noise),
      GUMBELCUDA_FIELD(logits),
      GUMBELCUDA_FIELD(temperature, .per_row = &task::temperature_per_row, .numbers = allowed_numbers::zero_or_more),
      GUMBELCUDA_FIELD(temperature_per_row), GUMBELCUDA_FIELD(y, .one_of = true, .may_be = {"logits", "gumbel"}),
      GUMBELCUDA_FIELD(index, .one_of = true),
      GUMBELCUDA_FIELD(one_hot, .one_of = true, .may_be = {"logits", "gumbel"}), GUMBELCUDA_FIELD(log_domain),
      GUMBELCUDA_FIELD(gumbel, .optional = true),
      GUMBELCUDA_FIELD(gumbel_out, .optional = true, .unless = &task::gumbel, .may_be = {"logits"}));
}

inline gumbel_noise_task noise_of(const gumbel_softmax_task& task) {
  return {task.rows, task.classes, task.type, task.noise, task.gumbel_out};
}

// From d_y = dL/dy to dL/dlogits and dL/dτ. y comes from the forward pass (never its logarithm), or, where y.data is
// null, is computed again from logits and noise. For straight-through samples d_y is the one-hot row's.
struct gumbel_softmax_vjp_task {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type type = number_type::float32;
  noise_address noise{};               // as in the forward pass; not used with y
  const_rows logits{};                 // not used with y
  const float* temperature = nullptr;  // as in the forward pass
  bool temperature_per_row = false;
  const_rows y{}, d_y{};
  mutable_rows d_logits{};  // may be d_y, with the same strides
  // [row], null: not wanted. dL/dτ of each row: double for float64, float otherwise.
  void* d_temperature = nullptr;
  const_rows gumbel{};  // as in the forward pass; not used with y
};
constexpr auto describe(const gumbel_softmax_vjp_task*) {
  using task = gumbel_softmax_vjp_task;
  return all_fields(
      GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes, .least = 1), GUMBELCUDA_FIELD(type),
      GUMBELCUDA_FIELD(noise, .unless = &task::y), GUMBELCUDA_FIELD(logits, .unless = &task::y),
      GUMBELCUDA_FIELD(gumbel, .optional = true, .unless = &task::y), GUMBELCUDA_FIELD(y, .optional = true),
      GUMBELCUDA_FIELD(d_y),
      GUMBELCUDA_FIELD(temperature, .per_row = &task::temperature_per_row, .numbers = allowed_numbers::zero_or_more),
      GUMBELCUDA_FIELD(temperature_per_row), GUMBELCUDA_FIELD(d_logits, .may_be = {"d_y"}),
      GUMBELCUDA_FIELD(d_temperature, .optional = true));
}

}  // namespace gumbelcuda
