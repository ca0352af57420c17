// SPDX-License-Identifier: Apache-2.0
// Gumbels given their argmax, and a straight-through gradient that averages over them and so has less variance, for
// batches of rows. Paulus, Maddison, Krause, arXiv:2010.04838. Errors and backends: see execution.hpp.
//
//   gumbel_max(…)               forward: gives index, whose one-hot row the loss takes
//   gumbel_rao_vjp(…)           backward: from dL/d(one-hot row) to dL/dlogits
#pragma once

#include <cstdint>

#include "gumbelcuda/detail/describe.hpp"
#include "gumbelcuda/execution.hpp"
#include "gumbelcuda/rows.hpp"

namespace gumbelcuda {

// z[r] = logits[r] + gumbel, given that its argmax is index[r]. If index is a sample of softmax(logits), z has the law
// of logits + gumbel. z[r][index[r]] is the largest: no other reaches it before z is rounded to 16 bits. z is NaN for a
// row with a NaN, a +inf or nothing above −inf, and for a row whose index is no class (−1 included) or a masked class.
template <class Number>
struct conditional_gumbel_args {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type_of<Number> type = missing_type<Number>();
  noise_address noise{};                // other noise than that which drew index
  basic_const_rows<Number> logits{};    // −inf masks a class, whose z is −inf
  const std::int64_t* index = nullptr;  // [row]
  basic_mutable_rows<Number> z{};
};
template <class Number>
constexpr auto describe(const conditional_gumbel_args<Number>*) {
  using task = conditional_gumbel_args<Number>;
  return all_fields(GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes, .least = 1), GUMBELCUDA_FIELD(type),
                    GUMBELCUDA_FIELD(noise), GUMBELCUDA_FIELD(logits), GUMBELCUDA_FIELD(index), GUMBELCUDA_FIELD(z));
}
using conditional_gumbel_task = conditional_gumbel_args<any_number>;

inline constexpr int max_inner_samples = 64;

// From d_one_hot = dL/d(one-hot row of index) to dL/dlogits, where gumbel_max drew index with the same noise_address.
// The result is the mean of the straight-through gradient, that of softmax(z/τ), over inner_samples independent z that
// have this argmax. Its expected value is that of the straight-through gradient; its variance is not larger. A row that
// has no z (see conditional_gumbel_args), or whose τ is not allowed, gets NaN.
template <class Number>
struct gumbel_rao_vjp_args {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type_of<Number> type = missing_type<Number>();
  // The noise of gumbel_max. Inner sample s = 0, 1, … uses the words from offset + (s + 1)·K′ on, where K′ is the
  // number of classes rounded up to a multiple of 4. Forward and backward pass together use (inner_samples + 1)·K′
  // words.
  noise_address noise{};
  basic_const_rows<Number> logits{};    // −inf masks a class, whose gradient is 0
  const std::int64_t* index = nullptr;  // [row]
  int inner_samples = 10;               // 1 to 64
  const float* temperature = nullptr;   // τ ≥ 0, finite; one for all rows, or one per row
  bool temperature_per_row = false;
  basic_const_rows<Number> d_one_hot{};
  basic_mutable_rows<Number> d_logits{};  // may overwrite d_one_hot, with the same strides
};
template <class Number>
constexpr auto describe(const gumbel_rao_vjp_args<Number>*) {
  using task = gumbel_rao_vjp_args<Number>;
  return all_fields(
      GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes, .least = 1), GUMBELCUDA_FIELD(type), GUMBELCUDA_FIELD(noise),
      GUMBELCUDA_FIELD(inner_samples, .least = 1, .most = max_inner_samples), GUMBELCUDA_FIELD(logits),
      GUMBELCUDA_FIELD(index),
      GUMBELCUDA_FIELD(temperature, .per_row = &task::temperature_per_row, .numbers = allowed_numbers::zero_or_more),
      GUMBELCUDA_FIELD(temperature_per_row), GUMBELCUDA_FIELD(d_one_hot),
      GUMBELCUDA_FIELD(d_logits, .may_be = {"d_one_hot"}));
}
using gumbel_rao_vjp_task = gumbel_rao_vjp_args<any_number>;

GUMBELCUDA_API void conditional_gumbel(const conditional_gumbel_task& task, const row_execution& execution = {});
template <class Number>
void conditional_gumbel(const conditional_gumbel_args<Number>& args, const row_execution& execution = {}) {
  conditional_gumbel(untyped(args), execution);
}
GUMBELCUDA_API void gumbel_rao_vjp(const gumbel_rao_vjp_task& task, const row_execution& execution = {});
template <class Number>
void gumbel_rao_vjp(const gumbel_rao_vjp_args<Number>& args, const row_execution& execution = {}) {
  gumbel_rao_vjp(untyped(args), execution);
}

}  // namespace gumbelcuda
