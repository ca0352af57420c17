// SPDX-License-Identifier: Apache-2.0
// Gumbel noise, Gumbel-max and Gumbel-softmax with its backward pass, for batches of rows of classes, on the CPU and on
// CUDA devices with the same bits. Drawn noise is stored only if the caller asks for it: the backward pass draws it
// again.
//
//   gumbelcuda::gumbel_softmax_args<float> args{.rows = 128, .classes = 1000, .logits = {logits}, .y = {y}};
//   args.temperature = &temperature;
//   gumbelcuda::gumbel_softmax(args);
//
// Errors and backends: see execution.hpp.
#pragma once

#include <cstdint>

#include "gumbelcuda/detail/describe.hpp"
#include "gumbelcuda/execution.hpp"
#include "gumbelcuda/rows.hpp"

namespace gumbelcuda {

// out[r][k] is a standard Gumbel variate; float in [−3.13000, 45.06].
template <class Number>
struct gumbel_noise_args {
  std::uint64_t rows = 0, classes = 0;
  number_type_of<Number> type = missing_type<Number>();
  noise_address noise{};
  basic_mutable_rows<Number> out{};
};
template <class Number>
constexpr auto describe(const gumbel_noise_args<Number>*) {
  using task = gumbel_noise_args<Number>;
  return all_fields(GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes), GUMBELCUDA_FIELD(type), GUMBELCUDA_FIELD(noise),
                    GUMBELCUDA_FIELD(out));
}
using gumbel_noise_task = gumbel_noise_args<any_number>;

// index[r] = argmax_k(logits[r][k] + gumbel): a sample of softmax(logits[r]). The sums are compared as if they were not
// rounded; if they are equal, the lowest class wins. So noise counts however large logits are (docs/numerics.md). The
// same holds for every operation that draws.
template <class Number>
struct gumbel_max_args {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type_of<Number> type = missing_type<Number>();
  noise_address noise{};
  basic_const_rows<Number> logits{};  // −inf masks a class
  // [row], in [0, classes), or −1. At least one of the two; index_int32 takes classes ≤ 2^31.
  std::int64_t* index = nullptr;
  std::int32_t* index_int32 = nullptr;
  // [row] each, null if not wanted. log_prob is log softmax(logits[r])[index[r]], double for float64, float otherwise.
  // status says why there is no index.
  computed_number<Number>* log_prob = nullptr;
  row_status* status = nullptr;
};
template <class Number>
constexpr auto describe(const gumbel_max_args<Number>*) {
  using task = gumbel_max_args<Number>;
  return all_fields(GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes, .least = 1), GUMBELCUDA_FIELD(type),
                    GUMBELCUDA_FIELD(noise), GUMBELCUDA_FIELD(logits), GUMBELCUDA_FIELD(index, .one_of = true),
                    GUMBELCUDA_FIELD(index_int32, .one_of = true), GUMBELCUDA_FIELD(log_prob, .optional = true),
                    GUMBELCUDA_FIELD(status, .optional = true));
}
using gumbel_max_task = gumbel_max_args<any_number>;

// y = softmax((logits + gumbel)/τ). Jang, Gu, Poole, arXiv:1611.01144; Maddison, Mnih, Teh, arXiv:1611.00712.
template <class Number>
struct gumbel_softmax_args {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type_of<Number> type = missing_type<Number>();
  noise_address noise{};
  basic_const_rows<Number> logits{};  // −inf masks a class, whose y is exactly 0
  // τ ≥ 0, finite; τ = 0 is the limit, a one-hot y. One τ for all rows, or one per row. A row with any other τ gets NaN
  // and index −1.
  const float* temperature = nullptr;
  bool temperature_per_row = false;
  // At least one of y, one_hot and index. y is the relaxed sample, or its logarithm if log_domain is set. one_hot and
  // index are its hard sample, which is gumbel_max's, as a one-hot row and as a number. y is computed from rounded
  // sums: its error is that of logits that are off by half a unit in the last place of the sum, over τ. If two sums
  // round to the same largest number, y is the same for both classes, and the hard sample is still one of them. y and
  // one_hot may overwrite logits or gumbel, with the same strides.
  basic_mutable_rows<Number> y{}, one_hot{};
  std::int64_t* index = nullptr;
  bool log_domain = false;
  // Noise that the caller supplies, in place of drawn noise; the member `noise` is then not used. Any numbers are
  // allowed: −inf masks its class; a NaN or +inf makes its row NaN and −1. With zeros y is a plain softmax of
  // temperature τ.
  basic_const_rows<Number> gumbel{};
  // If gumbel_out.data is not null, the drawn noise is written there, as gumbel_noise writes it. Not allowed together
  // with gumbel. May overwrite logits, with the same strides.
  basic_mutable_rows<Number> gumbel_out{};
};
template <class Number>
constexpr auto describe(const gumbel_softmax_args<Number>*) {
  using task = gumbel_softmax_args<Number>;
  return all_fields(
      GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes, .least = 1), GUMBELCUDA_FIELD(type),
      GUMBELCUDA_FIELD(noise, .unless = &task::gumbel), GUMBELCUDA_FIELD(logits),
      GUMBELCUDA_FIELD(temperature, .per_row = &task::temperature_per_row, .numbers = allowed_numbers::zero_or_more),
      GUMBELCUDA_FIELD(temperature_per_row), GUMBELCUDA_FIELD(y, .one_of = true, .may_be = {"logits", "gumbel"}),
      GUMBELCUDA_FIELD(index, .one_of = true),
      GUMBELCUDA_FIELD(one_hot, .one_of = true, .may_be = {"logits", "gumbel"}), GUMBELCUDA_FIELD(log_domain),
      GUMBELCUDA_FIELD(gumbel, .optional = true),
      GUMBELCUDA_FIELD(gumbel_out, .optional = true, .unless = &task::gumbel, .may_be = {"logits"}));
}
using gumbel_softmax_task = gumbel_softmax_args<any_number>;

// From d_y = dL/dy to dL/dlogits and dL/dτ. y comes from the forward pass, and is never its logarithm. If y.data is
// null, y is computed again from logits and noise. For straight-through samples d_y is dL/d(one-hot row).
template <class Number>
struct gumbel_softmax_vjp_args {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type_of<Number> type = missing_type<Number>();
  noise_address noise{};               // as in the forward pass; not used with y
  basic_const_rows<Number> logits{};   // not used with y
  const float* temperature = nullptr;  // as in the forward pass
  bool temperature_per_row = false;
  basic_const_rows<Number> y{}, d_y{};
  basic_mutable_rows<Number> d_logits{};  // may overwrite d_y, with the same strides
  // [row], null if not wanted. dL/dτ of each row: double for float64, float otherwise.
  computed_number<Number>* d_temperature = nullptr;
  basic_const_rows<Number> gumbel{};  // as in the forward pass; not used with y
};
template <class Number>
constexpr auto describe(const gumbel_softmax_vjp_args<Number>*) {
  using task = gumbel_softmax_vjp_args<Number>;
  return all_fields(
      GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes, .least = 1), GUMBELCUDA_FIELD(type),
      GUMBELCUDA_FIELD(noise, .unless = &task::y, .or_unless = &task::gumbel),
      GUMBELCUDA_FIELD(logits, .unless = &task::y), GUMBELCUDA_FIELD(gumbel, .optional = true, .unless = &task::y),
      GUMBELCUDA_FIELD(y, .optional = true), GUMBELCUDA_FIELD(d_y),
      GUMBELCUDA_FIELD(temperature, .per_row = &task::temperature_per_row, .numbers = allowed_numbers::zero_or_more),
      GUMBELCUDA_FIELD(temperature_per_row), GUMBELCUDA_FIELD(d_logits, .may_be = {"d_y"}),
      GUMBELCUDA_FIELD(d_temperature, .optional = true));
}
using gumbel_softmax_vjp_task = gumbel_softmax_vjp_args<any_number>;

GUMBELCUDA_API void gumbel_noise(const gumbel_noise_task& task, const row_execution& execution = {});
template <class Number>
void gumbel_noise(const gumbel_noise_args<Number>& args, const row_execution& execution = {}) {
  gumbel_noise(untyped(args), execution);
}
GUMBELCUDA_API void gumbel_max(const gumbel_max_task& task, const row_execution& execution = {});
template <class Number>
void gumbel_max(const gumbel_max_args<Number>& args, const row_execution& execution = {}) {
  gumbel_max(untyped(args), execution);
}
GUMBELCUDA_API void gumbel_softmax(const gumbel_softmax_task& task, const row_execution& execution = {});
template <class Number>
void gumbel_softmax(const gumbel_softmax_args<Number>& args, const row_execution& execution = {}) {
  gumbel_softmax(untyped(args), execution);
}
GUMBELCUDA_API void gumbel_softmax_vjp(const gumbel_softmax_vjp_task& task, const row_execution& execution = {});
template <class Number>
void gumbel_softmax_vjp(const gumbel_softmax_vjp_args<Number>& args, const row_execution& execution = {}) {
  gumbel_softmax_vjp(untyped(args), execution);
}

// Adds `words`, rounded up to a multiple of 4, to *device_offset, in the order of the stream.
GUMBELCUDA_API void advance_noise(std::uint64_t* device_offset, std::uint64_t words,
                                  const row_execution& execution = {});
// The same for each of row_offset[0 … rows): the offsets of rows with noise of their own (noise_address::row_offset),
// so that each request of a replayed CUDA graph goes on from its own position.
GUMBELCUDA_API void advance_row_offsets(std::uint64_t* row_offset, std::uint64_t rows, std::uint64_t words,
                                        const row_execution& execution = {});

}  // namespace gumbelcuda
