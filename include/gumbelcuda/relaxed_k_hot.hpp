// SPDX-License-Identifier: Apache-2.0
// Relaxed samples of k classes of a row, and their gradients, for batches of rows. Errors and backends: see
// execution.hpp.
#pragma once

#include <cstdint>

#include "gumbelcuda/detail/describe.hpp"
#include "gumbelcuda/execution.hpp"
#include "gumbelcuda/rows.hpp"

namespace gumbelcuda {

// y = sigmoid((logits + gumbel − ν)/τ), with the ν for which y sums to k: a relaxed sample of k classes, in [0, 1].
// Amos, Koltun, Kolter, arXiv:1906.08707, applied to perturbed values. As τ → 0, y becomes 1 for the classes that
// gumbel_top_k draws from the same noise, and 0 for the others. For one of two classes it is gumbel_softmax with twice
// the τ. y of a masked class is exactly 0. A row with at most k logits above −inf has exactly 1 for all of these. A row
// with a NaN, a +inf or nothing above −inf gives NaN.
//
// ν/τ is found to 2^-22 (float64: 2^-51) of the largest of 1, log(K − k) and log k + gap/τ, at most 197 (1594), where
// gap is the distance from the k-th perturbed value to the next. Perturbed values are rounded. If rounding makes the
// k-th equal to a value that is not in the sample, the latter counts as the next number below. Σ y equals k up to that
// error of ν/τ times Σ y·(1 − y), and up to the roundings of y.
template <class Number>
struct relaxed_k_hot_args {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type_of<Number> type = missing_type<Number>();
  noise_address noise{};
  basic_const_rows<Number> logits{};  // −inf masks a class
  std::uint64_t k = 1;                // in [1, classes]
  // τ ≥ 0, finite; τ = 0 is the limit. One for all rows, or one per row. A row with any other τ gets NaN.
  const float* temperature = nullptr;
  bool temperature_per_row = false;
  // At least one of the two: the relaxed sample, and its limit as a row of zeros and ones. k_hot may overwrite logits,
  // with the same strides; so may y if k_hot is not wanted.
  basic_mutable_rows<Number> y{}, k_hot{};
};
template <class Number>
constexpr auto describe(const relaxed_k_hot_args<Number>*) {
  using task = relaxed_k_hot_args<Number>;
  return all_fields(
      GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes, .least = 1), GUMBELCUDA_FIELD(type),
      GUMBELCUDA_FIELD(k, .least = 1, .at_most_classes = true), GUMBELCUDA_FIELD(noise), GUMBELCUDA_FIELD(logits),
      GUMBELCUDA_FIELD(temperature, .per_row = &task::temperature_per_row, .numbers = allowed_numbers::zero_or_more),
      GUMBELCUDA_FIELD(temperature_per_row), GUMBELCUDA_FIELD(y, .one_of = true, .may_be = {"logits"}),
      GUMBELCUDA_FIELD(k_hot, .one_of = true, .may_be = {"logits"}));
}
using relaxed_k_hot_task = relaxed_k_hot_args<any_number>;

// From d_y = dL/dy to dL/dlogits and dL/dτ of each row. y comes from the forward pass; if y.data is null, y is computed
// again from logits, noise and k. For straight-through samples d_y is dL/dk_hot. Where y is 0 or 1, and at τ = 0, the
// derivatives are 0.
template <class Number>
struct relaxed_k_hot_vjp_args {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type_of<Number> type = missing_type<Number>();
  noise_address noise{};  // as in the forward pass; noise, logits and k are not used with y
  basic_const_rows<Number> logits{};
  std::uint64_t k = 1;
  const float* temperature = nullptr;  // as in the forward pass
  bool temperature_per_row = false;
  basic_const_rows<Number> y{}, d_y{};
  // At least one of the two. d_logits may overwrite d_y, with the same strides. d_temperature is [row], double for
  // float64, float otherwise.
  basic_mutable_rows<Number> d_logits{};
  computed_number<Number>* d_temperature = nullptr;
};
template <class Number>
constexpr auto describe(const relaxed_k_hot_vjp_args<Number>*) {
  using task = relaxed_k_hot_vjp_args<Number>;
  return all_fields(
      GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes, .least = 1), GUMBELCUDA_FIELD(type),
      GUMBELCUDA_FIELD(k, .unless = &task::y, .least = 1, .at_most_classes = true),
      GUMBELCUDA_FIELD(noise, .unless = &task::y), GUMBELCUDA_FIELD(logits, .unless = &task::y),
      GUMBELCUDA_FIELD(y, .optional = true), GUMBELCUDA_FIELD(d_y),
      GUMBELCUDA_FIELD(temperature, .per_row = &task::temperature_per_row, .numbers = allowed_numbers::zero_or_more),
      GUMBELCUDA_FIELD(temperature_per_row), GUMBELCUDA_FIELD(d_logits, .one_of = true, .may_be = {"d_y"}),
      GUMBELCUDA_FIELD(d_temperature, .one_of = true));
}
using relaxed_k_hot_vjp_task = relaxed_k_hot_vjp_args<any_number>;

GUMBELCUDA_API void relaxed_k_hot(const relaxed_k_hot_task& task, const row_execution& execution = {});
template <class Number>
void relaxed_k_hot(const relaxed_k_hot_args<Number>& args, const row_execution& execution = {}) {
  relaxed_k_hot(untyped(args), execution);
}
GUMBELCUDA_API void relaxed_k_hot_vjp(const relaxed_k_hot_vjp_task& task, const row_execution& execution = {});
template <class Number>
void relaxed_k_hot_vjp(const relaxed_k_hot_vjp_args<Number>& args, const row_execution& execution = {}) {
  relaxed_k_hot_vjp(untyped(args), execution);
}

}  // namespace gumbelcuda
