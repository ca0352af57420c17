// SPDX-License-Identifier: Apache-2.0
// As fuzz_fill.hpp: structs of gumbelcuda/c/kl_divergence.h, concrete.h, location_scale.h, and the density of
// relaxed_bernoulli.h.
#pragma once

#include "tests/c_api/fuzz_fill.hpp"

namespace gumbelcuda::testing_c {

inline void fill(input&, arrays& of, gumbelcuda_kl_divergence_args& a) {
  of.rows(a.p_logits);
  of.rows(a.q_logits);
  a.kl = of.vector(a.rows, of.computed_size(), result);
}
template <class Args>
void fill_estimate(input& in, arrays& of, Args& a) {
  of.rows(a.p_logits);
  of.rows(a.q_logits);
  a.samples = samples(in);
  a.reserved = in.once_in(32);
  const auto of_each = [&](std::uint32_t per_row) {
    return temperature(in, of, a.flags & per_row ? GUMBELCUDA_TEMPERATURE_PER_ROW : 0, a.rows);
  };
  a.p_temperature = of_each(GUMBELCUDA_P_TEMPERATURE_PER_ROW);
  a.q_temperature = of_each(GUMBELCUDA_Q_TEMPERATURE_PER_ROW);
}
inline void fill(input& in, arrays& of, gumbelcuda_concrete_kl_estimate_args& a) {
  fill_estimate(in, of, a);
  a.kl = of.vector(a.rows, of.computed_size(), result);
}
inline void fill(input& in, arrays& of, gumbelcuda_concrete_kl_estimate_vjp_args& a) {
  fill_estimate(in, of, a);
  a.d_kl = of.vector(a.rows, of.computed_size(), source);
  of.rows(a.d_p_logits);
  of.rows(a.d_q_logits);
  a.d_p_temperature = of.vector(a.rows, of.computed_size(), result);
  a.d_q_temperature = of.vector(a.rows, of.computed_size(), result);
}
inline void fill(input& in, arrays& of, gumbelcuda_concrete_log_prob_args& a) {
  of.rows(a.logits);
  of.rows(a.value);
  a.temperature = temperature(in, of, a.flags, a.rows);
  a.log_prob = of.vector(a.rows, of.computed_size(), result);
}
inline void fill(input& in, arrays& of, gumbelcuda_concrete_log_prob_vjp_args& a) {
  of.rows(a.logits);
  of.rows(a.value);
  a.temperature = temperature(in, of, a.flags, a.rows);
  a.d_log_prob = of.vector(a.rows, of.computed_size(), source);
  of.rows(a.d_logits);
  of.rows(a.d_value);
  a.d_temperature = of.vector(a.rows, of.computed_size(), result);
}
inline void fill(input& in, arrays& of, gumbelcuda_relaxed_bernoulli_log_prob_args& a) {
  of.rows(a.logits);
  of.rows(a.y);
  a.temperature = temperature(in, of, a.flags, a.rows);
  of.rows(a.log_prob);
}

inline int law(input& in) { return in.once_in(16) ? int(in.byte()) - 128 : int(in.byte() % 2); }
inline int shape(input& in) { return in.once_in(16) ? int(in.byte()) - 128 : int(in.byte() % 3); }
// A parameter, or a parameter's derivative, which has at least one number for each row.
template <class Parameter>
void parameter(input& in, arrays& of, std::uint64_t rows, Parameter& to) {
  constexpr bool is_result = std::is_same_v<Parameter, gumbelcuda_parameter>;
  to.shape = shape(in);
  to.reserved = in.once_in(64);
  if (to.shape == GUMBELCUDA_PER_ELEMENT)
    to.data = of.rows(to.row_stride, to.class_stride, is_result);
  else if (is_result)
    to.data = of.few(rows, of.computed_size(), result);
  else
    to.data = of.few(one_or(rows, to.shape == GUMBELCUDA_PER_ROW), of.size(), source);
}
template <class Args>
void fill_location_scale(input& in, arrays& of, Args& a) {
  a.law = law(in);
  a.reserved = in.once_in(32);
  if constexpr (requires { a.location; }) {
    parameter(in, of, a.rows, a.location);
    parameter(in, of, a.rows, a.scale);
  }
  if constexpr (requires { a.d_location; }) {
    parameter(in, of, a.rows, a.d_location);
    parameter(in, of, a.rows, a.d_scale);
  }
}
inline void fill(input& in, arrays& of, gumbelcuda_location_scale_sample_args& a) {
  fill_location_scale(in, of, a);
  of.rows(a.sample);
}
inline void fill(input& in, arrays& of, gumbelcuda_location_scale_sample_vjp_args& a) {
  of.rows(a.d_sample);
  fill_location_scale(in, of, a);
}
inline void fill(input& in, arrays& of, gumbelcuda_location_scale_log_prob_args& a) {
  of.rows(a.value);
  fill_location_scale(in, of, a);
  of.rows(a.log_prob);
}
inline void fill(input& in, arrays& of, gumbelcuda_location_scale_log_prob_vjp_args& a) {
  of.rows(a.value);
  of.rows(a.d_log_prob);
  fill_location_scale(in, of, a);
  of.rows(a.d_value);
}

}  // namespace gumbelcuda::testing_c
