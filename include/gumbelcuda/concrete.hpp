// SPDX-License-Identifier: Apache-2.0
// The Concrete distribution, from which gumbel_softmax draws: its density, and the divergence between two such
// distributions, estimated from samples, for batches of rows. Errors and backends: see execution.hpp.
#pragma once

#include <cstdint>

#include "gumbelcuda/detail/describe.hpp"
#include "gumbelcuda/execution.hpp"
#include "gumbelcuda/rows.hpp"

namespace gumbelcuda {

// log_prob[r] = log of the density of the Concrete distribution at value[r], where K is the number of classes. Each row
// may have its own τ (Maddison, Mnih, Teh, arXiv:1611.00712, equation 10):
//
//   log (K−1)! + (K−1)·log τ + Σ_k (logits_k − (τ+1)·log y_k) − K·log Σ_k exp(logits_k − τ·log y_k)
//
// or, with log_domain, of ExpConcrete (its appendix) at x = log y, where −τ·x_k replaces −(τ+1)·log y_k. The first
// density is with respect to dy_1…dy_{K−1}, the second to dz_1…dz_{K−1}, z_k = x_k − x_K. The library does not check
// that Σ y = 1.
//
// A class is left out, of K too, if its logit is −inf and its value is empty (y 0, x −inf); any other value makes
// log_prob −inf. A class with a finite logit may have an empty value, as a sample that underflowed has. Then log_prob
// is the limit as the values of these m classes go to 0 together: −inf, finite or +inf as (K−m)·τ − m is positive, 0 or
// negative; for x it is −inf. So use x if τ is small. NaN for a row with a NaN, a negative y, a +inf or no class left.
template <class Number>
struct concrete_log_prob_args {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type_of<Number> type = missing_type<Number>();
  basic_const_rows<Number> logits{}, value{};
  // τ > 0, finite. One for all rows, or one per row. A row with any other τ gets NaN.
  const float* temperature = nullptr;
  bool temperature_per_row = false;
  bool log_domain = false;
  computed_number<Number>* log_prob = nullptr;  // [row]: double for float64, float otherwise
};
template <class Number>
constexpr auto describe(const concrete_log_prob_args<Number>*) {
  using task = concrete_log_prob_args<Number>;
  return all_fields(
      GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes, .least = 1), GUMBELCUDA_FIELD(type), GUMBELCUDA_FIELD(logits),
      GUMBELCUDA_FIELD(value),
      GUMBELCUDA_FIELD(temperature, .per_row = &task::temperature_per_row, .numbers = allowed_numbers::above_zero),
      GUMBELCUDA_FIELD(temperature_per_row), GUMBELCUDA_FIELD(log_domain), GUMBELCUDA_FIELD(log_prob));
}
using concrete_log_prob_task = concrete_log_prob_args<any_number>;

// From d_log_prob = dL/dlog_prob to dL/dlogits, dL/dvalue (dL/dy, or dL/dx with log_domain) and dL/dτ. A class with an
// empty value has dL/dvalue 0 and no part in dL/dτ; its dL/dlogits is that of the limit, or 0 if it is left out.
template <class Number>
struct concrete_log_prob_vjp_args {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type_of<Number> type = missing_type<Number>();
  basic_const_rows<Number> logits{}, value{};
  const float* temperature = nullptr;
  bool temperature_per_row = false;
  bool log_domain = false;
  const computed_number<Number>* d_log_prob = nullptr;  // [row]: double for float64, float otherwise
  // At least one of the three. d_temperature is [row], of d_log_prob's type.
  basic_mutable_rows<Number> d_logits{}, d_value{};
  computed_number<Number>* d_temperature = nullptr;
};
template <class Number>
constexpr auto describe(const concrete_log_prob_vjp_args<Number>*) {
  using task = concrete_log_prob_vjp_args<Number>;
  return all_fields(
      GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes, .least = 1), GUMBELCUDA_FIELD(type), GUMBELCUDA_FIELD(logits),
      GUMBELCUDA_FIELD(value),
      GUMBELCUDA_FIELD(temperature, .per_row = &task::temperature_per_row, .numbers = allowed_numbers::above_zero),
      GUMBELCUDA_FIELD(temperature_per_row), GUMBELCUDA_FIELD(log_domain), GUMBELCUDA_FIELD(d_log_prob),
      GUMBELCUDA_FIELD(d_logits, .one_of = true), GUMBELCUDA_FIELD(d_value, .one_of = true),
      GUMBELCUDA_FIELD(d_temperature, .one_of = true));
}
using concrete_log_prob_vjp_task = concrete_log_prob_vjp_args<any_number>;

// τ = 0 is refused: it has no density.
GUMBELCUDA_API void concrete_log_prob(const concrete_log_prob_task& task, const row_execution& execution = {});
template <class Number>
void concrete_log_prob(const concrete_log_prob_args<Number>& args, const row_execution& execution = {}) {
  concrete_log_prob(untyped(args), execution);
}
GUMBELCUDA_API void concrete_log_prob_vjp(const concrete_log_prob_vjp_task& task, const row_execution& execution = {});
template <class Number>
void concrete_log_prob_vjp(const concrete_log_prob_vjp_args<Number>& args, const row_execution& execution = {}) {
  concrete_log_prob_vjp(untyped(args), execution);
}

inline constexpr int max_kl_samples = 64;

// kl[r] = the mean of log p(x) − log q(x) over samples x of p, where p and q are the Concrete laws of their logits and
// τ: an unbiased estimate of KL(p ‖ q), which has no closed form. Maddison, Mnih, Teh, arXiv:1611.00712, appendix C. No
// y underflows, because x = log y is never rounded: with g the noise of a sample, log p depends on g alone, and log q
// on q_logits − (τ_q/τ_p)·(p_logits + g).
//
// A class whose two logits are both −inf is left out. A class that only p or only q can draw makes the estimate +inf.
// The estimate is NaN for a row with a NaN, a +inf or no class left, and if τ_q/τ_p overflows in the type of kl, as
// 1e30/1e-30 does in float. If only (τ_q/τ_p)·(p_logits + g) or the sum over the classes overflows, the estimate may be
// +inf, −inf or NaN.
template <class Number>
struct concrete_kl_estimate_args {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type_of<Number> type = missing_type<Number>();
  // Sample s = 0, 1, … uses the words from offset + s·K′ on, where K′ is classes rounded up to a multiple of 4.
  noise_address noise{};
  int samples = 1;  // 1 to max_kl_samples
  basic_const_rows<Number> p_logits{}, q_logits{};
  // τ > 0, finite. One for all rows, or one per row. A row with any other τ gets NaN.
  const float *p_temperature = nullptr, *q_temperature = nullptr;
  bool p_temperature_per_row = false, q_temperature_per_row = false;
  computed_number<Number>* kl = nullptr;  // [row]: double for float64, float otherwise
};
template <class Number>
constexpr auto describe(const concrete_kl_estimate_args<Number>*) {
  using task = concrete_kl_estimate_args<Number>;
  return all_fields(
      GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes, .least = 1), GUMBELCUDA_FIELD(type), GUMBELCUDA_FIELD(noise),
      GUMBELCUDA_FIELD(samples, .least = 1, .most = max_kl_samples), GUMBELCUDA_FIELD(p_logits),
      GUMBELCUDA_FIELD(q_logits),
      GUMBELCUDA_FIELD(p_temperature, .per_row = &task::p_temperature_per_row, .numbers = allowed_numbers::above_zero),
      GUMBELCUDA_FIELD(q_temperature, .per_row = &task::q_temperature_per_row, .numbers = allowed_numbers::above_zero),
      GUMBELCUDA_FIELD(p_temperature_per_row), GUMBELCUDA_FIELD(q_temperature_per_row), GUMBELCUDA_FIELD(kl));
}
using concrete_kl_estimate_task = concrete_kl_estimate_args<any_number>;

// From d_kl = dL/dkl to the derivatives of L through the samples, which move with p. All are NaN for a row whose kl is
// NaN by the rules above, or +inf because of a class that only one of the laws can draw. In other rows they are 0 for a
// class that is left out.
template <class Number>
struct concrete_kl_estimate_vjp_args {
  std::uint64_t rows = 0, classes = 0;  // classes ≥ 1
  number_type_of<Number> type = missing_type<Number>();
  noise_address noise{};  // everything up to d_kl as in the forward pass
  int samples = 1;
  basic_const_rows<Number> p_logits{}, q_logits{};
  const float *p_temperature = nullptr, *q_temperature = nullptr;
  bool p_temperature_per_row = false, q_temperature_per_row = false;
  const computed_number<Number>* d_kl = nullptr;  // [row], of kl's type
  // At least one of the four. Those of τ are [row], of kl's type.
  basic_mutable_rows<Number> d_p_logits{}, d_q_logits{};
  computed_number<Number>*d_p_temperature = nullptr, *d_q_temperature = nullptr;
};
template <class Number>
constexpr auto describe(const concrete_kl_estimate_vjp_args<Number>*) {
  using task = concrete_kl_estimate_vjp_args<Number>;
  return all_fields(
      GUMBELCUDA_FIELD(rows), GUMBELCUDA_FIELD(classes, .least = 1), GUMBELCUDA_FIELD(type), GUMBELCUDA_FIELD(noise),
      GUMBELCUDA_FIELD(samples, .least = 1, .most = max_kl_samples), GUMBELCUDA_FIELD(p_logits),
      GUMBELCUDA_FIELD(q_logits),
      GUMBELCUDA_FIELD(p_temperature, .per_row = &task::p_temperature_per_row, .numbers = allowed_numbers::above_zero),
      GUMBELCUDA_FIELD(q_temperature, .per_row = &task::q_temperature_per_row, .numbers = allowed_numbers::above_zero),
      GUMBELCUDA_FIELD(p_temperature_per_row), GUMBELCUDA_FIELD(q_temperature_per_row), GUMBELCUDA_FIELD(d_kl),
      GUMBELCUDA_FIELD(d_p_logits, .one_of = true), GUMBELCUDA_FIELD(d_q_logits, .one_of = true),
      GUMBELCUDA_FIELD(d_p_temperature, .one_of = true), GUMBELCUDA_FIELD(d_q_temperature, .one_of = true));
}
using concrete_kl_estimate_vjp_task = concrete_kl_estimate_vjp_args<any_number>;

// τ = 0 is refused here, too.
GUMBELCUDA_API void concrete_kl_estimate(const concrete_kl_estimate_task& task, const row_execution& execution = {});
template <class Number>
void concrete_kl_estimate(const concrete_kl_estimate_args<Number>& args, const row_execution& execution = {}) {
  concrete_kl_estimate(untyped(args), execution);
}
GUMBELCUDA_API void concrete_kl_estimate_vjp(const concrete_kl_estimate_vjp_task& task,
                                             const row_execution& execution = {});
template <class Number>
void concrete_kl_estimate_vjp(const concrete_kl_estimate_vjp_args<Number>& args, const row_execution& execution = {}) {
  concrete_kl_estimate_vjp(untyped(args), execution);
}

}  // namespace gumbelcuda
