// SPDX-License-Identifier: Apache-2.0
// Draws from categorical distributions, one or many per row, with temperature, min-p, top-k, top-p and a seed for each
// row, for batches of rows. Errors and backends: see execution.hpp. The method is that of gumbel_max.
//
//   gumbelcuda::categorical_sample_args<float> args{.rows = 8, .classes = 128256, .logits = {logits}, .index = index};
//   args.temperature = &temperature;
//   args.top_p = &top_p;
//   gumbelcuda::categorical_sample(args);
#pragma once

#include <cstdint>

#include "gumbelcuda/detail/describe.hpp"
#include "gumbelcuda/execution.hpp"
#include "gumbelcuda/rows.hpp"

namespace gumbelcuda {

// index[r][d] = argmax_k(z_k + gumbel), d = 0 … draws−1: samples with replacement of softmax(z), where z is logits[r]/τ
// without the classes that the filters remove.
//
// Noise. For class k, draw d of a row reads word offset + d·C + k of the row's stream, where C is the number of classes
// rounded up to a multiple of 4. A call uses draws·C words. With τ = 1 and no filter, draw d is what gumbel_max gives
// at offset + d·C.
//
// Filters, in this order, as in vLLM: temperature; min_p, which keeps the classes that are at least min_p times as
// likely as the most likely one; top_k, which keeps the top_k most likely of those; top_p, which keeps the smallest set
// of the most likely of those that has top_p of the probability that was left. Each filter keeps at least one class.
// Classes with equal logits are kept or removed together. So more than top_k classes may be left, and the numbers of
// the classes do not matter.
//
// top_p and min_p are floats for logits of any type, and mean the decimal that was written: for float64 the one of the
// fewest digits that rounds to the float, so .8f is .8 and not .800000012 (math/decimal.hpp). Shares that differ only
// by the rounding of logits count as equal: a set has enough from top_p·(1 − 16·u) of the probability on, and a class
// stays if it is at most τ·(−log(min_p) + 16·u·max(1, −log(min_p))) below the top, u = 2^-24 (float64: 2^-53). So of
// {.5, .3, .1, .1} top_p = .8 leaves {.5, .3}, and min_p = .2 leaves all. min_p = 1 leaves only the largest logits.
//
// Whether a class is kept depends on its row alone, not on how the row is divided among threads: top_p adds
// exp((logits − top)/τ) up in whole units of 2^-(62−⌈log2(classes+1)⌉). So the sum that it takes for top_p of the
// probability is off by at most 2·classes units, besides the error of exp.
template <class Number>
struct categorical_sample_args {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type_of<Number> type = missing_type<Number>();
  noise_address noise{};
  basic_const_rows<Number> logits{};  // −inf masks a class
  std::uint64_t draws = 1;            // ≥ 1
  // τ ≥ 0, finite; null means 1. One for all rows, or one per row. τ = 0 is greedy: the argmax of the logits, the
  // lowest class on ties, with log_prob 0.
  const float* temperature = nullptr;
  bool temperature_per_row = false;
  // The filters: one value for all rows, or one per row; null is off. top_k: 0 is off, and so is what is not below the
  // number of classes (an int32 of −1, too). top_p is in (0, 1]; 1 is off. min_p is in [0, 1]; 0 is off. Both mean
  // decimals, see above.
  const std::uint32_t* top_k = nullptr;
  bool top_k_per_row = false;
  const float* top_p = nullptr;
  bool top_p_per_row = false;
  const float* min_p = nullptr;
  bool min_p_per_row = false;
  // If set, a row of two or more numbers in [0, 1] that sum to 1 is not drawn from: its status is
  // looks_like_probabilities. The sum may differ from 1 by what rounding can do: 2·n·u for n numbers added up in any
  // order, u = 2^-24 (double: 2^-53), and what rounding took from each when it was stored.
  bool reject_probabilities = false;
  // [row][draws], in [0, classes), or −1. At least one of the two; index_int32 takes classes ≤ 2^31.
  std::int64_t* index = nullptr;
  std::int32_t* index_int32 = nullptr;
  // [row][draws], null if not wanted. The log-probability of the class that was drawn, in the distribution that it was
  // drawn from (tempered, filtered, normalised): double for float64, float otherwise.
  computed_number<Number>* log_prob = nullptr;
  row_status* status = nullptr;  // [row], null if not wanted
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
      GUMBELCUDA_FIELD(index, .one_of = true, .of_each_row = &task::draws),
      GUMBELCUDA_FIELD(index_int32, .one_of = true, .of_each_row = &task::draws),
      GUMBELCUDA_FIELD(log_prob, .optional = true, .of_each_row = &task::draws),
      GUMBELCUDA_FIELD(status, .optional = true));
}
using categorical_sample_task = categorical_sample_args<any_number>;

// index[r][d] = argmax_k(log probabilities[r][k] + gumbel): samples of probabilities[r] divided by its sum, which need
// not be 1. A class of probability 0 is never drawn. A row with a negative number, a NaN or a +inf is not_finite. All
// else is as in categorical_sample_args.
template <class Number>
struct categorical_sample_from_probabilities_args {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type_of<Number> type = missing_type<Number>();
  noise_address noise{};
  basic_const_rows<Number> probabilities{};
  std::uint64_t draws = 1;        // ≥ 1
  std::int64_t* index = nullptr;  // [row][draws]
  std::int32_t* index_int32 = nullptr;
  computed_number<Number>* log_prob = nullptr;  // [row][draws]
  row_status* status = nullptr;                 // [row]
};
template <class Number>
constexpr auto describe(const categorical_sample_from_probabilities_args<Number>*) {
  using task = categorical_sample_from_probabilities_args<Number>;
  return all_fields(GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes, .least = 1), GUMBELCUDA_FIELD(type),
                    GUMBELCUDA_FIELD(noise), GUMBELCUDA_FIELD(probabilities), GUMBELCUDA_FIELD(draws, .least = 1),
                    GUMBELCUDA_FIELD(index, .one_of = true, .of_each_row = &task::draws),
                    GUMBELCUDA_FIELD(index_int32, .one_of = true, .of_each_row = &task::draws),
                    GUMBELCUDA_FIELD(log_prob, .optional = true, .of_each_row = &task::draws),
                    GUMBELCUDA_FIELD(status, .optional = true));
}
using categorical_sample_from_probabilities_task = categorical_sample_from_probabilities_args<any_number>;

// On a device the call does not check the values of temperatures, top_p and min_p. A row for which one is out of range
// gets index −1, NaN and the status bad_parameter.
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
