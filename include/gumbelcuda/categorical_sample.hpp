// SPDX-License-Identifier: Apache-2.0
// Draws from categorical distributions, one or many a row, with temperature, min-p, top-k, top-p and a seed for each
// row, for batches of rows. Arguments, errors and backends: as in execution.hpp. Gumbel-max: see gumbel_max.
//
//   gumbelcuda::categorical_sample_args<float> task{.rows = 8, .classes = 128256, .logits = {logits}, .index = index};
//   task.temperature = &temperature;
//   task.top_p = &top_p;
//   gumbelcuda::categorical_sample(task);
#pragma once

#include <cstdint>

#include "gumbelcuda/detail/describe.hpp"
#include "gumbelcuda/execution.hpp"
#include "gumbelcuda/rows.hpp"

namespace gumbelcuda {

// index[r][d] = argmax_k(z_k + gumbel), d = 0 … draws−1: samples with replacement of softmax(z), z being logits[r]/τ
// without the classes that the filters take out.
//
// Noise. Draw d of a row reads word offset + d·C + k of the row's stream for class k, C being the classes rounded up to
// a multiple of 4: a call uses draws·C words. With τ = 1 and no filter, draw d is what gumbel_max gives at offset +
// d·C.
//
// Filters, in this order, as in vLLM: temperature; min_p, which keeps the classes that are at least min_p times as
// likely as the most likely one; top_k, the top_k most likely of those; top_p, the smallest set of the most likely of
// those that have top_p of the probability that was left. Each keeps one class at least. Classes whose logits are equal
// are kept or taken out together, so more than top_k may be left, and no class's number matters.
//
// top_p and min_p are floats for logits of any type, and mean the decimal that was written: for float64 the one of the
// fewest digits that rounds to the float, so .8f is .8 and not .800000012 (math/decimal.hpp). Shares that are equal but
// for the rounding of logits count as equal: a set has enough from top_p·(1 − 16·u) of the probability on, and a class
// stays that is at most τ·(−log(min_p) + 16·u·max(1, −log(min_p))) below the top, u = 2^-24 (float64: 2^-53). So of
// {.5, .3, .1, .1} top_p = .8 leaves {.5, .3}, and min_p = .2 all. min_p = 1 leaves the largest logits alone.
//
// Whether a class is in depends on its row alone, not on how the row is shared out: top_p adds exp((logits − top)/τ)
// up in whole units of 2^-(62−⌈log2(classes+1)⌉), so what it takes for top_p of the probability is at most 2·classes
// units off besides the error of exp.
template <class Number>
struct categorical_sample_args {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type_of<Number> type = missing_type<Number>();
  noise_address noise{};
  basic_const_rows<Number> logits{};  // −inf: a masked class
  std::uint64_t draws = 1;            // ≥ 1
  // One for all rows, or one each. τ ≥ 0, finite; null is 1. τ = 0 is greedy: argmax of the logits, the lowest class on
  // ties, log_prob 0.
  const float* temperature = nullptr;
  bool temperature_per_row = false;
  // Likewise; null: off. top_k: 0 and what is not below classes are off (an int32 of −1, too). top_p in (0, 1]; 1 is
  // off. min_p in [0, 1]; 0 is off. Decimals, see above.
  const std::uint32_t* top_k = nullptr;
  bool top_k_per_row = false;
  const float* top_p = nullptr;
  bool top_p_per_row = false;
  const float* min_p = nullptr;
  bool min_p_per_row = false;
  // A row of two or more numbers in [0, 1] that sum to 1 is not drawn from: its status is looks_like_probabilities. To
  // 1 means within what rounding can do: n numbers of u = 2^-24 (double: 2^-53) added up in any order, 2·n·u, and each
  // rounded once when stored.
  bool reject_probabilities = false;
  std::int64_t* index = nullptr;  // [row][draws], in [0, classes), or −1
  // [row][draws], null: not wanted. Log-probability of the class that was drawn in the distribution that it was drawn
  // from, tempered, filtered, normalised: double for float64, float otherwise.
  computed_number<Number>* log_prob = nullptr;
  row_status* status = nullptr;  // [row], null: not wanted
};
template <class Number>
constexpr auto describe(const categorical_sample_args<Number>*) {
  using task = categorical_sample_args<Number>;
  return all_fields(
      GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes, .least = 1), GUMBELCUDA_FIELD(type), GUMBELCUDA_FIELD(noise),
      GUMBELCUDA_FIELD(logits), GUMBELCUDA_FIELD(draws, .least = 1),
      GUMBELCUDA_FIELD(temperature, .optional = true, .per_row = &task::temperature_per_row,
                       .numbers = allowed_numbers::zero_or_more),
      GUMBELCUDA_FIELD(temperature_per_row), GUMBELCUDA_FIELD(top_k, .optional = true, .per_row = &task::top_k_per_row),
      GUMBELCUDA_FIELD(top_k_per_row),
      GUMBELCUDA_FIELD(top_p, .optional = true, .per_row = &task::top_p_per_row,
                       .numbers = allowed_numbers::share_above_zero),
      GUMBELCUDA_FIELD(top_p_per_row),
      GUMBELCUDA_FIELD(min_p, .optional = true, .per_row = &task::min_p_per_row, .numbers = allowed_numbers::share),
      GUMBELCUDA_FIELD(min_p_per_row), GUMBELCUDA_FIELD(reject_probabilities),
      GUMBELCUDA_FIELD(index, .of_each_row = &task::draws),
      GUMBELCUDA_FIELD(log_prob, .optional = true, .of_each_row = &task::draws),
      GUMBELCUDA_FIELD(status, .optional = true));
}
using categorical_sample_task = categorical_sample_args<any_number>;

// index[r][d] = argmax_k(log probabilities[r][k] + gumbel): samples of probabilities[r] over its sum, which need not
// be 1. A class of probability 0 is never drawn. A row with a negative number, a NaN or a +inf is not_finite. The rest
// as above.
template <class Number>
struct categorical_sample_from_probabilities_args {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type_of<Number> type = missing_type<Number>();
  noise_address noise{};
  basic_const_rows<Number> probabilities{};
  std::uint64_t draws = 1;                      // ≥ 1
  std::int64_t* index = nullptr;                // [row][draws], in [0, classes), or −1
  computed_number<Number>* log_prob = nullptr;  // [row][draws]
  row_status* status = nullptr;                 // [row]
};
template <class Number>
constexpr auto describe(const categorical_sample_from_probabilities_args<Number>*) {
  using task = categorical_sample_from_probabilities_args<Number>;
  return all_fields(GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes, .least = 1), GUMBELCUDA_FIELD(type),
                    GUMBELCUDA_FIELD(noise), GUMBELCUDA_FIELD(probabilities), GUMBELCUDA_FIELD(draws, .least = 1),
                    GUMBELCUDA_FIELD(index, .of_each_row = &task::draws),
                    GUMBELCUDA_FIELD(log_prob, .optional = true, .of_each_row = &task::draws),
                    GUMBELCUDA_FIELD(status, .optional = true));
}
using categorical_sample_from_probabilities_task = categorical_sample_from_probabilities_args<any_number>;

// On a device the values of temperatures, filters and offsets are not looked at beforehand: a row for which one is out
// of range gets −1, NaN and bad_parameter.
GUMBELCUDA_API void categorical_sample(const categorical_sample_task& task, const row_execution& execution = {});
template <class Number>
void categorical_sample(const categorical_sample_args<Number>& args, const row_execution& execution = {}) {
  categorical_sample(untyped(args), execution);
}
GUMBELCUDA_API void categorical_sample_from_probabilities(const categorical_sample_from_probabilities_task& task,
                                                          const row_execution& execution = {});
template <class Number>
void categorical_sample_from_probabilities(const categorical_sample_from_probabilities_args<Number>& args,
                                           const row_execution& execution = {}) {
  categorical_sample_from_probabilities(untyped(args), execution);
}

}  // namespace gumbelcuda
