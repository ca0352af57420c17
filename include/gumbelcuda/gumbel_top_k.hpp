// SPDX-License-Identifier: Apache-2.0
// Samples of k classes of a row without replacement, for batches of rows. Errors and backends: see execution.hpp.
#pragma once

#include <cstdint>

#include "gumbelcuda/detail/describe.hpp"
#include "gumbelcuda/execution.hpp"
#include "gumbelcuda/rows.hpp"

namespace gumbelcuda {

// The k classes with the largest perturbed values logits + gumbel: an ordered sample without replacement, each class
// drawn by softmax(logits) from those that are left (Plackett-Luce). Values are compared as in gumbel_max. Vieira,
// Gumbel-max trick and weighted reservoir sampling (2014); Kool, van Hoof, Welling, arXiv:1903.06059. The noise is that
// of gumbel_max: the first class is what gumbel_max draws, and a smaller k gives the beginning of the same sample.
//
// A row with fewer than k logits above −inf gives the classes that it has, then index −1, perturbed and log_prob −inf,
// and log_inclusion 0. A row whose status is not `drawn` gives index −1 and NaN everywhere.
template <class Number>
struct gumbel_top_k_args {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type_of<Number> type = missing_type<Number>();
  noise_address noise{};
  basic_const_rows<Number> logits{};  // −inf masks a class
  std::uint64_t k = 1;                // in [1, classes]
  // [row][k], row after row, in the order of the draws.
  std::int64_t* index = nullptr;
  // [row][k] each, null if not wanted; double for float64, float otherwise. perturbed: logits + gumbel. log_prob:
  // log softmax(logits[r]) of each class. log_inclusion: log(1 − exp(−exp(logit − κ))), the logarithm of the
  // probability that a class is above the threshold κ. With it Σ f·exp(log_prob − log_inclusion) over the sample is an
  // unbiased estimate of the mean of f (Kool et al.). Perturbed values and κ are rounded: log_inclusion is that of a
  // logit that is off by half a unit in the last place of κ.
  computed_number<Number>* perturbed = nullptr;
  computed_number<Number>* log_prob = nullptr;
  computed_number<Number>* log_inclusion = nullptr;
  // [row] each, null if not wanted. kappa: κ, the (k+1)-th largest perturbed value; −inf if there is no further class,
  // and then each log_inclusion is 0. status: drawn if at least one class was drawn.
  computed_number<Number>* kappa = nullptr;
  row_status* status = nullptr;
};
template <class Number>
constexpr auto describe(const gumbel_top_k_args<Number>*) {
  using task = gumbel_top_k_args<Number>;
  return all_fields(GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes, .least = 1), GUMBELCUDA_FIELD(type),
                    GUMBELCUDA_FIELD(k, .least = 1, .at_most_classes = true), GUMBELCUDA_FIELD(noise),
                    GUMBELCUDA_FIELD(logits), GUMBELCUDA_FIELD(index, .of_each_row = &task::k),
                    GUMBELCUDA_FIELD(log_prob, .optional = true, .of_each_row = &task::k),
                    GUMBELCUDA_FIELD(perturbed, .optional = true, .of_each_row = &task::k),
                    GUMBELCUDA_FIELD(log_inclusion, .optional = true, .of_each_row = &task::k),
                    GUMBELCUDA_FIELD(kappa, .optional = true), GUMBELCUDA_FIELD(status, .optional = true));
}
using gumbel_top_k_task = gumbel_top_k_args<any_number>;

// On the CPU about as fast as gumbel_max while k is small compared with the number of classes. A GPU takes a further
// step over the row for each of the k classes.
GUMBELCUDA_API void gumbel_top_k(const gumbel_top_k_task& task, const row_execution& execution = {});
template <class Number>
void gumbel_top_k(const gumbel_top_k_args<Number>& args, const row_execution& execution = {}) {
  gumbel_top_k(untyped(args), execution);
}

}  // namespace gumbelcuda
