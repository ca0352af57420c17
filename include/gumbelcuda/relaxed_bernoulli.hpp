// SPDX-License-Identifier: Apache-2.0
// Relaxed Bernoulli variables, their gradients and their density, for batches of rows. Errors and backends: see
// execution.hpp.
#pragma once

#include <cstdint>

#include "gumbelcuda/detail/describe.hpp"
#include "gumbelcuda/execution.hpp"
#include "gumbelcuda/rows.hpp"

namespace gumbelcuda {

// Relaxed Bernoulli variables, one for each element: y = sigmoid((logits + l)/τ), where l is standard logistic noise
// from the word that gumbel_noise makes its number from. Maddison, Mnih, Teh, arXiv:1611.00712, appendix B
// (BinConcrete).
template <class Number>
struct relaxed_bernoulli_args {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type_of<Number> type = missing_type<Number>();
  noise_address noise{};
  basic_const_rows<Number> logits{};  // log odds of a 1; ±inf is certain; NaN gives NaN
  // τ ≥ 0, finite; τ = 0 is the limit, where y is hard. One for all rows, or one per row. A row with any other τ gets
  // NaN.
  const float* temperature = nullptr;
  bool temperature_per_row = false;
  // At least one of the two. Each may overwrite logits, with the same strides. hard is 1 where logits + l > 0, else 0.
  basic_mutable_rows<Number> y{}, hard{};
};
template <class Number>
constexpr auto describe(const relaxed_bernoulli_args<Number>*) {
  using task = relaxed_bernoulli_args<Number>;
  return all_fields(
      GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes, .least = 1), GUMBELCUDA_FIELD(type), GUMBELCUDA_FIELD(noise),
      GUMBELCUDA_FIELD(logits),
      GUMBELCUDA_FIELD(temperature, .per_row = &task::temperature_per_row, .numbers = allowed_numbers::zero_or_more),
      GUMBELCUDA_FIELD(temperature_per_row), GUMBELCUDA_FIELD(y, .one_of = true, .may_be = {"logits"}),
      GUMBELCUDA_FIELD(hard, .one_of = true, .may_be = {"logits"}));
}
using relaxed_bernoulli_task = relaxed_bernoulli_args<any_number>;

// From d_y = dL/dy to dL/dlogits and dL/dτ of each row. y comes from the forward pass; if y.data is null, y is computed
// again from logits and noise. For straight-through samples d_y is dL/dhard. Where y is 0 or 1, both derivatives are 0.
template <class Number>
struct relaxed_bernoulli_vjp_args {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type_of<Number> type = missing_type<Number>();
  noise_address noise{};               // as in the forward pass; not used with y
  basic_const_rows<Number> logits{};   // not used with y
  const float* temperature = nullptr;  // as in the forward pass
  bool temperature_per_row = false;
  basic_const_rows<Number> y{}, d_y{};
  // At least one of the two. d_logits may overwrite d_y, with the same strides. d_temperature is [row], double for
  // float64, float otherwise.
  basic_mutable_rows<Number> d_logits{};
  computed_number<Number>* d_temperature = nullptr;
};
template <class Number>
constexpr auto describe(const relaxed_bernoulli_vjp_args<Number>*) {
  using task = relaxed_bernoulli_vjp_args<Number>;
  return all_fields(
      GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes, .least = 1), GUMBELCUDA_FIELD(type),
      GUMBELCUDA_FIELD(noise, .unless = &task::y), GUMBELCUDA_FIELD(logits, .unless = &task::y),
      GUMBELCUDA_FIELD(y, .optional = true), GUMBELCUDA_FIELD(d_y),
      GUMBELCUDA_FIELD(temperature, .per_row = &task::temperature_per_row, .numbers = allowed_numbers::zero_or_more),
      GUMBELCUDA_FIELD(temperature_per_row), GUMBELCUDA_FIELD(d_logits, .one_of = true, .may_be = {"d_y"}),
      GUMBELCUDA_FIELD(d_temperature, .one_of = true));
}
using relaxed_bernoulli_vjp_task = relaxed_bernoulli_vjp_args<any_number>;

// log_prob[r][k]: log of the density of a relaxed Bernoulli variable at y[r][k], which is
// log τ + w − 2·log(1 + e^w) − log y − log(1−y), with w = logits − τ·(log y − log(1−y)). At y = 0 and y = 1 it is the
// limit: +inf for τ < 1, −inf for τ > 1; for τ = 1, −logits at 0 and logits at 1. NaN for y outside [0, 1] and for a
// NaN.
template <class Number>
struct relaxed_bernoulli_log_prob_args {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type_of<Number> type = missing_type<Number>();
  basic_const_rows<Number> logits{}, y{};
  const float* temperature = nullptr;  // τ > 0, finite; otherwise as in relaxed_bernoulli_args
  bool temperature_per_row = false;
  basic_mutable_rows<Number> log_prob{};  // may overwrite logits or y, with the same strides
};
template <class Number>
constexpr auto describe(const relaxed_bernoulli_log_prob_args<Number>*) {
  using task = relaxed_bernoulli_log_prob_args<Number>;
  return all_fields(
      GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes, .least = 1), GUMBELCUDA_FIELD(type), GUMBELCUDA_FIELD(logits),
      GUMBELCUDA_FIELD(y),
      GUMBELCUDA_FIELD(temperature, .per_row = &task::temperature_per_row, .numbers = allowed_numbers::above_zero),
      GUMBELCUDA_FIELD(temperature_per_row), GUMBELCUDA_FIELD(log_prob, .may_be = {"logits", "y"}));
}
using relaxed_bernoulli_log_prob_task = relaxed_bernoulli_log_prob_args<any_number>;

GUMBELCUDA_API void relaxed_bernoulli(const relaxed_bernoulli_task& task, const row_execution& execution = {});
template <class Number>
void relaxed_bernoulli(const relaxed_bernoulli_args<Number>& args, const row_execution& execution = {}) {
  relaxed_bernoulli(untyped(args), execution);
}
GUMBELCUDA_API void relaxed_bernoulli_vjp(const relaxed_bernoulli_vjp_task& task, const row_execution& execution = {});
template <class Number>
void relaxed_bernoulli_vjp(const relaxed_bernoulli_vjp_args<Number>& args, const row_execution& execution = {}) {
  relaxed_bernoulli_vjp(untyped(args), execution);
}
GUMBELCUDA_API void relaxed_bernoulli_log_prob(const relaxed_bernoulli_log_prob_task& task,
                                               const row_execution& execution = {});
template <class Number>
void relaxed_bernoulli_log_prob(const relaxed_bernoulli_log_prob_args<Number>& args,
                                const row_execution& execution = {}) {
  relaxed_bernoulli_log_prob(untyped(args), execution);
}

}  // namespace gumbelcuda
