// SPDX-License-Identifier: Apache-2.0
// Densities and divergences of the distributions over classes: plain data, see tasks.hpp. distributions.hpp has the
// functions.
#pragma once

#include "gumbelcuda/rows/describe.hpp"
#include "gumbelcuda/rows/tasks.hpp"

namespace gumbelcuda {

// kl[r] = KL(softmax(p_logits[r]) ‖ softmax(q_logits[r])) = Σ_k p_k·(log p_k − log q_k), in nats. A class with p_k = 0
// adds 0; one with p_k > 0 and q_k = 0 makes it +inf, however small p_k is. Never negative, and accurate where p and q
// nearly agree. NaN for a row with a NaN, a +inf or nothing above −inf.
struct kl_divergence_task {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type type = number_type::float32;
  const_rows p_logits{}, q_logits{};
  void* kl = nullptr;  // [row]: double for float64, float otherwise
};
constexpr auto describe(const kl_divergence_task*) {
  using task = kl_divergence_task;
  return all_fields(GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes, .least = 1), GUMBELCUDA_FIELD(type),
                    GUMBELCUDA_FIELD(p_logits), GUMBELCUDA_FIELD(q_logits), GUMBELCUDA_FIELD(kl));
}

// log_prob[r] = log of the density of the Concrete distribution at value[r], K its number of classes, each row with its
// τ (Maddison, Mnih, Teh, arXiv:1611.00712, equation 10):
//
//   log (K−1)! + (K−1)·log τ + Σ_k (logits_k − (τ+1)·log y_k) − K·log Σ_k exp(logits_k − τ·log y_k)
//
// or, with log_domain, of ExpConcrete (its appendix) at x = log y, where −τ·x_k takes the place of −(τ+1)·log y_k. The
// first is with respect to dy_1…dy_{K−1}, the second to dz_1…dz_{K−1}, z_k = x_k − x_K. Nobody checks Σ y = 1.
//
// A class with logit −inf whose value is that of nothing (y 0, x −inf) is left out, of K too; another value makes
// log_prob −inf. Classes with finite logits may have the value of nothing, as samples that underflowed do: log_prob is
// the limit as these m go to 0 together. It is −inf, finite or +inf as (K−m)·τ − m is positive, 0 or negative; for x it
// is −inf. So take x where τ is small. NaN for a row with a NaN, a negative y, a +inf or no class left.
struct concrete_log_prob_task {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type type = number_type::float32;
  const_rows logits{}, value{};
  // τ > 0, finite. One for all rows, or one each. A row whose τ is neither gets NaN.
  const float* temperature = nullptr;
  bool temperature_per_row = false;
  bool log_domain = false;
  void* log_prob = nullptr;  // [row]: double for float64, float otherwise
};
constexpr auto describe(const concrete_log_prob_task*) {
  using task = concrete_log_prob_task;
  return all_fields(
      GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes, .least = 1), GUMBELCUDA_FIELD(type), GUMBELCUDA_FIELD(logits),
      GUMBELCUDA_FIELD(value),
      GUMBELCUDA_FIELD(temperature, .per_row = &task::temperature_per_row, .numbers = allowed_numbers::above_zero),
      GUMBELCUDA_FIELD(temperature_per_row), GUMBELCUDA_FIELD(log_domain), GUMBELCUDA_FIELD(log_prob));
}

// From d_log_prob = dL/dlog_prob to dL/dlogits, dL/dvalue (dL/dy, or dL/dx with log_domain) and dL/dτ. A class with the
// value of nothing has dL/dvalue 0 and no part in dL/dτ; its dL/dlogits is that of the limit, or 0 if it is left out.
struct concrete_log_prob_vjp_task {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type type = number_type::float32;
  const_rows logits{}, value{};
  const float* temperature = nullptr;
  bool temperature_per_row = false;
  bool log_domain = false;
  const void* d_log_prob = nullptr;  // [row]: double for float64, float otherwise
  // At least one of the three. d_temperature is [row], of d_log_prob's type.
  mutable_rows d_logits{}, d_value{};
  void* d_temperature = nullptr;
};
constexpr auto describe(const concrete_log_prob_vjp_task*) {
  using task = concrete_log_prob_vjp_task;
  return all_fields(
      GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes, .least = 1), GUMBELCUDA_FIELD(type), GUMBELCUDA_FIELD(logits),
      GUMBELCUDA_FIELD(value),
      GUMBELCUDA_FIELD(temperature, .per_row = &task::temperature_per_row, .numbers = allowed_numbers::above_zero),
      GUMBELCUDA_FIELD(temperature_per_row), GUMBELCUDA_FIELD(log_domain), GUMBELCUDA_FIELD(d_log_prob),
      GUMBELCUDA_FIELD(d_logits, .one_of = true), GUMBELCUDA_FIELD(d_value, .one_of = true),
      GUMBELCUDA_FIELD(d_temperature, .one_of = true));
}

// Relaxed Bernoulli variables, each element its own: y = sigmoid((logits + l)/τ), l standard logistic noise of the word
// that gumbel_noise_task makes its number of. Maddison, Mnih, Teh, appendix B (BinConcrete).
struct relaxed_bernoulli_task {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type type = number_type::float32;
  noise_address noise{};
  const_rows logits{};  // of 1; ±inf: certain; NaN gives NaN
  // τ ≥ 0, finite; 0 is the limit, where y is hard. One for all rows, or one each. A row whose τ is neither gets NaN.
  const float* temperature = nullptr;
  bool temperature_per_row = false;
  // At least one; either may be logits, with the same strides. hard is 1 where logits + l > 0, and 0 elsewhere.
  mutable_rows y{}, hard{};
};
constexpr auto describe(const relaxed_bernoulli_task*) {
  using task = relaxed_bernoulli_task;
  return all_fields(
      GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes, .least = 1), GUMBELCUDA_FIELD(type), GUMBELCUDA_FIELD(noise),
      GUMBELCUDA_FIELD(logits),
      GUMBELCUDA_FIELD(temperature, .per_row = &task::temperature_per_row, .numbers = allowed_numbers::zero_or_more),
      GUMBELCUDA_FIELD(temperature_per_row), GUMBELCUDA_FIELD(y, .one_of = true, .may_be = {"logits"}),
      GUMBELCUDA_FIELD(hard, .one_of = true, .may_be = {"logits"}));
}

// From d_y = dL/dy to dL/dlogits and dL/dτ, each row's. y comes from the forward pass, or, where y.data is null, is
// computed again from logits and noise. For straight-through samples d_y is that of hard. Where y is 0 or 1 both are 0.
struct relaxed_bernoulli_vjp_task {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type type = number_type::float32;
  noise_address noise{};               // as in the forward pass; not used with y
  const_rows logits{};                 // not used with y
  const float* temperature = nullptr;  // as in the forward pass
  bool temperature_per_row = false;
  const_rows y{}, d_y{};
  // At least one of the two. d_logits may be d_y, with the same strides; d_temperature is [row], double for float64,
  // float otherwise.
  mutable_rows d_logits{};
  void* d_temperature = nullptr;
};
constexpr auto describe(const relaxed_bernoulli_vjp_task*) {
  using task = relaxed_bernoulli_vjp_task;
  return all_fields(
      GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes, .least = 1), GUMBELCUDA_FIELD(type),
      GUMBELCUDA_FIELD(noise, .unless = &task::y), GUMBELCUDA_FIELD(logits, .unless = &task::y),
      GUMBELCUDA_FIELD(y, .optional = true), GUMBELCUDA_FIELD(d_y),
      GUMBELCUDA_FIELD(temperature, .per_row = &task::temperature_per_row, .numbers = allowed_numbers::zero_or_more),
      GUMBELCUDA_FIELD(temperature_per_row), GUMBELCUDA_FIELD(d_logits, .one_of = true, .may_be = {"d_y"}),
      GUMBELCUDA_FIELD(d_temperature, .one_of = true));
}

// log_prob[r][k]: log of the density of a relaxed Bernoulli variable at y[r][k],
// log τ + w − 2·log(1 + e^w) − log y − log(1−y), w = logits − τ·(log y − log(1−y)). At y of 0 and 1 the limit: +inf for
// τ < 1, −inf for τ > 1, −logits and logits for τ = 1. NaN for y outside [0, 1] and for a NaN.
struct relaxed_bernoulli_log_prob_task {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type type = number_type::float32;
  const_rows logits{}, y{};
  const float* temperature = nullptr;  // τ > 0, finite; otherwise as in relaxed_bernoulli_task
  bool temperature_per_row = false;
  mutable_rows log_prob{};  // may be logits or y, with the same strides
};
constexpr auto describe(const relaxed_bernoulli_log_prob_task*) {
  using task = relaxed_bernoulli_log_prob_task;
  return all_fields(
      GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes, .least = 1), GUMBELCUDA_FIELD(type), GUMBELCUDA_FIELD(logits),
      GUMBELCUDA_FIELD(y),
      GUMBELCUDA_FIELD(temperature, .per_row = &task::temperature_per_row, .numbers = allowed_numbers::above_zero),
      GUMBELCUDA_FIELD(temperature_per_row), GUMBELCUDA_FIELD(log_prob, .may_be = {"logits", "y"}));
}

}  // namespace gumbelcuda
