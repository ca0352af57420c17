// SPDX-License-Identifier: Apache-2.0
// The arrays of densities, divergences and samples location + scale·noise (arrays_of_tasks.hpp).
#pragma once

#include "tests/rows/arrays_of_tasks.hpp"

namespace gumbelcuda::testing_rows {

inline auto cases_of(const kl_divergence_task*) {
  using T = kl_divergence_task;
  const operation_on<T> run = kl_divergence;
  std::vector<arrays_case<T>> cases;
  cases.push_back({{}, run, {GUMBELCUDA_ARRAY(p_logits), GUMBELCUDA_ARRAY(q_logits), GUMBELCUDA_ARRAY(kl)}});
  return cases;
}

inline auto cases_of(const concrete_log_prob_task*) {
  using T = concrete_log_prob_task;
  const operation_on<T> run = concrete_log_prob;
  std::vector<arrays_case<T>> cases;
  cases.push_back(
      {{},
       run,
       {GUMBELCUDA_ARRAY(logits), GUMBELCUDA_ARRAY(value), GUMBELCUDA_ARRAY(temperature), GUMBELCUDA_ARRAY(log_prob)}});
  return cases;
}

inline auto cases_of(const concrete_log_prob_vjp_task*) {
  using T = concrete_log_prob_vjp_task;
  const operation_on<T> run = concrete_log_prob_vjp;
  std::vector<arrays_case<T>> cases;
  cases.push_back(
      {{},
       run,
       {GUMBELCUDA_ARRAY(logits), GUMBELCUDA_ARRAY(value), GUMBELCUDA_ARRAY(temperature), GUMBELCUDA_ARRAY(d_log_prob),
        GUMBELCUDA_ARRAY(d_logits), GUMBELCUDA_ARRAY(d_value), GUMBELCUDA_ARRAY(d_temperature)}});
  return cases;
}

inline auto cases_of(const concrete_kl_estimate_task*) {
  using T = concrete_kl_estimate_task;
  const operation_on<T> run = concrete_kl_estimate;
  std::vector<arrays_case<T>> cases;
  cases.push_back({{},
                   run,
                   {GUMBELCUDA_ARRAY(p_logits), GUMBELCUDA_ARRAY(q_logits), GUMBELCUDA_ARRAY(p_temperature),
                    GUMBELCUDA_ARRAY(q_temperature), GUMBELCUDA_ARRAY(kl), device_offset<T>()}});
  return cases;
}

inline auto cases_of(const concrete_kl_estimate_vjp_task*) {
  using T = concrete_kl_estimate_vjp_task;
  const operation_on<T> run = concrete_kl_estimate_vjp;
  std::vector<arrays_case<T>> cases;
  cases.push_back({{},
                   run,
                   {GUMBELCUDA_ARRAY(p_logits), GUMBELCUDA_ARRAY(q_logits), GUMBELCUDA_ARRAY(p_temperature),
                    GUMBELCUDA_ARRAY(q_temperature), GUMBELCUDA_ARRAY(d_kl), GUMBELCUDA_ARRAY(d_p_logits),
                    GUMBELCUDA_ARRAY(d_q_logits), GUMBELCUDA_ARRAY(d_p_temperature), GUMBELCUDA_ARRAY(d_q_temperature),
                    device_offset<T>()}});
  return cases;
}

inline auto cases_of(const location_scale_sample_task*) {
  using T = location_scale_sample_task;
  const operation_on<T> run = location_scale_sample;
  std::vector<arrays_case<T>> cases;
  const std::vector<array_of<T>> arrays = {GUMBELCUDA_ARRAY(location), GUMBELCUDA_ARRAY(scale),
                                           GUMBELCUDA_ARRAY(sample), device_offset<T>()};
  cases.push_back({{}, run, arrays, {"sample.data is location.data", "sample.data is scale.data"}});
  cases.push_back({{.location = {.shape = parameter_shape::per_row}, .scale = {.shape = parameter_shape::one_for_all}},
                   run,
                   arrays});
  return cases;
}

inline auto cases_of(const location_scale_sample_vjp_task*) {
  using T = location_scale_sample_vjp_task;
  const operation_on<T> run = location_scale_sample_vjp;
  std::vector<arrays_case<T>> cases;
  const std::vector<array_of<T>> arrays = {GUMBELCUDA_ARRAY(d_sample), GUMBELCUDA_ARRAY(d_location),
                                           GUMBELCUDA_ARRAY(d_scale), device_offset<T>()};
  cases.push_back({{}, run, arrays, {"d_location.data is d_sample.data", "d_scale.data is d_sample.data"}});
  cases.push_back(
      {{.d_location = {.shape = parameter_shape::per_row}, .d_scale = {.shape = parameter_shape::one_for_all}},
       run,
       arrays});
  return cases;
}

inline auto cases_of(const location_scale_log_prob_task*) {
  using T = location_scale_log_prob_task;
  const operation_on<T> run = location_scale_log_prob;
  std::vector<arrays_case<T>> cases;
  const std::vector<array_of<T>> arrays = {GUMBELCUDA_ARRAY(value), GUMBELCUDA_ARRAY(location), GUMBELCUDA_ARRAY(scale),
                                           GUMBELCUDA_ARRAY(log_prob)};
  cases.push_back({{},
                   run,
                   arrays,
                   {"log_prob.data is value.data", "log_prob.data is location.data", "log_prob.data is scale.data"}});
  cases.push_back({{.location = {.shape = parameter_shape::per_row}, .scale = {.shape = parameter_shape::one_for_all}},
                   run,
                   arrays,
                   {"log_prob.data is value.data"}});
  return cases;
}

inline auto cases_of(const location_scale_log_prob_vjp_task*) {
  using T = location_scale_log_prob_vjp_task;
  const operation_on<T> run = location_scale_log_prob_vjp;
  std::vector<arrays_case<T>> cases;
  const std::vector<array_of<T>> arrays = {
      GUMBELCUDA_ARRAY(value),   GUMBELCUDA_ARRAY(location),   GUMBELCUDA_ARRAY(scale),  GUMBELCUDA_ARRAY(d_log_prob),
      GUMBELCUDA_ARRAY(d_value), GUMBELCUDA_ARRAY(d_location), GUMBELCUDA_ARRAY(d_scale)};
  cases.push_back(
      {{},
       run,
       arrays,
       {"d_value.data is d_log_prob.data", "d_location.data is d_log_prob.data", "d_scale.data is d_log_prob.data"}});
  cases.push_back({{.location = {.shape = parameter_shape::per_row},
                    .scale = {.shape = parameter_shape::one_for_all},
                    .d_location = {.shape = parameter_shape::per_row},
                    .d_scale = {.shape = parameter_shape::one_for_all}},
                   run,
                   arrays,
                   {"d_value.data is d_log_prob.data"}});
  return cases;
}

}  // namespace gumbelcuda::testing_rows
