// SPDX-License-Identifier: Apache-2.0
// Gumbel noise, Gumbel-max and Gumbel-softmax with its backward pass, for batches of rows of classes, on the CPU and on
// CUDA devices with the same bits. Drawn noise never touches memory: what the backward pass needs is computed again.
//
//   gumbelcuda::gumbel_softmax_task task{.rows = 128, .classes = 1000, .logits = {logits}, .y = {y}};
//   task.temperature = &temperature;
//   gumbelcuda::gumbel_softmax(task);
//
// Errors and backends: see execution.hpp.
#pragma once

#include <cstdint>

#include "gumbelcuda/detail/describe.hpp"
#include "gumbelcuda/execution.hpp"
#include "gumbelcuda/rows.hpp"

namespace gumbelcuda {

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

GUMBELCUDA_API void gumbel_noise(const gumbel_noise_task& task, const row_execution& execution = {});
GUMBELCUDA_API void gumbel_max(const gumbel_max_task& task, const row_execution& execution = {});
GUMBELCUDA_API void gumbel_softmax(const gumbel_softmax_task& task, const row_execution& execution = {});
GUMBELCUDA_API void gumbel_softmax_vjp(const gumbel_softmax_vjp_task& task, const row_execution& execution = {});

// *device_offset += words rounded up to a multiple of 4, in the order of the stream.
GUMBELCUDA_API void advance_noise(std::uint64_t* device_offset, std::uint64_t words,
                                  const row_execution& execution = {});

}  // namespace gumbelcuda
