// SPDX-License-Identifier: Apache-2.0
// As fuzz_fill.hpp, for gumbelcuda/c/distributions.h.
#pragma once

#include "tests/c_api/fuzz_fill.hpp"

namespace gumbelcuda::testing_c {

inline void fill(input&, arrays& of, gumbelcuda_kl_divergence_args& a) {
  a.p_logits = of.rows(a.p_logits_stride, a.p_logits_class_stride, source);
  a.q_logits = of.rows(a.q_logits_stride, a.q_logits_class_stride, source);
  a.kl = of.vector(a.rows, of.computed_size(), result);
}
template <class Args>
void fill_estimate(input& in, arrays& of, Args& a) {
  a.p_logits = of.rows(a.p_logits_stride, a.p_logits_class_stride, source);
  a.q_logits = of.rows(a.q_logits_stride, a.q_logits_class_stride, source);
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
  a.offset = offset(in);
  a.d_kl = of.vector(a.rows, of.computed_size(), source);
  a.d_p_logits = of.rows(a.d_p_logits_stride, a.d_p_logits_class_stride, result);
  a.d_q_logits = of.rows(a.d_q_logits_stride, a.d_q_logits_class_stride, result);
  a.d_p_temperature = of.vector(a.rows, of.computed_size(), result);
  a.d_q_temperature = of.vector(a.rows, of.computed_size(), result);
}
inline void fill(input& in, arrays& of, gumbelcuda_concrete_log_prob_args& a) {
  a.logits = of.rows(a.logits_stride, a.logits_class_stride, source);
  a.value = of.rows(a.value_stride, a.value_class_stride, source);
  a.temperature = temperature(in, of, a.flags, a.rows);
  a.log_prob = of.vector(a.rows, of.computed_size(), result);
}
inline void fill(input& in, arrays& of, gumbelcuda_concrete_log_prob_vjp_args& a) {
  a.logits = of.rows(a.logits_stride, a.logits_class_stride, source);
  a.value = of.rows(a.value_stride, a.value_class_stride, source);
  a.temperature = temperature(in, of, a.flags, a.rows);
  a.d_log_prob = of.vector(a.rows, of.computed_size(), source);
  a.d_logits = of.rows(a.d_logits_stride, a.d_logits_class_stride, result);
  a.d_value = of.rows(a.d_value_stride, a.d_value_class_stride, result);
  a.d_temperature = of.vector(a.rows, of.computed_size(), result);
}
inline void fill(input& in, arrays& of, gumbelcuda_relaxed_bernoulli_log_prob_args& a) {
  a.logits = of.rows(a.logits_stride, a.logits_class_stride, source);
  a.y = of.rows(a.y_stride, a.y_class_stride, source);
  a.temperature = temperature(in, of, a.flags, a.rows);
  a.log_prob = of.rows(a.log_prob_stride, a.log_prob_class_stride, result);
}

inline int law(input& in) { return in.once_in(16) ? int(in.byte()) - 128 : int(in.byte() % 2); }
inline int shape(input& in) { return in.once_in(16) ? int(in.byte()) - 128 : int(in.byte() % 3); }
// A parameter, or its derivative, of which there is one a row at least.
inline void* parameter(arrays& of, int its_shape, std::uint64_t rows, std::size_t& stride, std::size_t& class_stride,
                       bool is_result) {
  if (its_shape == GUMBELCUDA_PER_ELEMENT) return of.rows(stride, class_stride, is_result);
  if (is_result) return of.vector(rows, of.computed_size(), result);
  return of.vector(one_or(rows, its_shape == GUMBELCUDA_PER_ROW), of.size(), source);
}
template <class Args>
void fill_location_scale(input& in, arrays& of, Args& a) {
  a.law = law(in);
  a.reserved = in.once_in(32);
  if constexpr (requires { a.location; }) {
    a.location_shape = shape(in);
    a.scale_shape = shape(in);
    a.location = parameter(of, a.location_shape, a.rows, a.location_stride, a.location_class_stride, source);
    a.scale = parameter(of, a.scale_shape, a.rows, a.scale_stride, a.scale_class_stride, source);
  }
  if constexpr (requires { a.d_location; }) {
    a.d_location_shape = shape(in);
    a.d_scale_shape = shape(in);
    a.d_location = parameter(of, a.d_location_shape, a.rows, a.d_location_stride, a.d_location_class_stride, result);
    a.d_scale = parameter(of, a.d_scale_shape, a.rows, a.d_scale_stride, a.d_scale_class_stride, result);
  }
}
inline void fill(input& in, arrays& of, gumbelcuda_location_scale_sample_args& a) {
  fill_location_scale(in, of, a);
  a.sample = of.rows(a.sample_stride, a.sample_class_stride, result);
}
inline void fill(input& in, arrays& of, gumbelcuda_location_scale_sample_vjp_args& a) {
  a.d_sample = of.rows(a.d_sample_stride, a.d_sample_class_stride, source);
  a.offset = offset(in);
  fill_location_scale(in, of, a);
}
inline void fill(input& in, arrays& of, gumbelcuda_location_scale_log_prob_args& a) {
  a.value = of.rows(a.value_stride, a.value_class_stride, source);
  fill_location_scale(in, of, a);
  a.log_prob = of.rows(a.log_prob_stride, a.log_prob_class_stride, result);
}
inline void fill(input& in, arrays& of, gumbelcuda_location_scale_log_prob_vjp_args& a) {
  a.value = of.rows(a.value_stride, a.value_class_stride, source);
  a.d_log_prob = of.rows(a.d_log_prob_stride, a.d_log_prob_class_stride, source);
  fill_location_scale(in, of, a);
  a.d_value = of.rows(a.d_value_stride, a.d_value_class_stride, result);
}

}  // namespace gumbelcuda::testing_c
