// SPDX-License-Identifier: Apache-2.0
// Implements gumbelcuda/c/concrete.h: turns C arguments into tasks.
#include "gumbelcuda/concrete.hpp"

#include "host/c_api/operation.hpp"

using namespace gumbelcuda;
using namespace gumbelcuda::c_api;

gumbelcuda_status gumbelcuda_concrete_kl_estimate(gumbelcuda_handle* handle,
                                                  const gumbelcuda_concrete_kl_estimate_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, GUMBELCUDA_P_TEMPERATURE_PER_ROW | GUMBELCUDA_Q_TEMPERATURE_PER_ROW);
    check_reserved(a.reserved);
    call.draw(concrete_kl_estimate_task{.rows = a.rows,
                                        .classes = a.classes,
                                        .type = number_type(a.type),
                                        .noise = from_c(a.noise),
                                        .samples = a.samples,
                                        .p_logits = from_c(a.p_logits),
                                        .q_logits = from_c(a.q_logits),
                                        .p_temperature = a.p_temperature,
                                        .q_temperature = a.q_temperature,
                                        .p_temperature_per_row = has(a.flags, GUMBELCUDA_P_TEMPERATURE_PER_ROW),
                                        .q_temperature_per_row = has(a.flags, GUMBELCUDA_Q_TEMPERATURE_PER_ROW),
                                        .kl = a.kl});
  });
}

gumbelcuda_status gumbelcuda_concrete_kl_estimate_vjp(gumbelcuda_handle* handle,
                                                      const gumbelcuda_concrete_kl_estimate_vjp_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, GUMBELCUDA_P_TEMPERATURE_PER_ROW | GUMBELCUDA_Q_TEMPERATURE_PER_ROW);
    check_reserved(a.reserved);
    call.run(concrete_kl_estimate_vjp_task{.rows = a.rows,
                                           .classes = a.classes,
                                           .type = number_type(a.type),
                                           .noise = call.noise_of(a.noise),
                                           .samples = a.samples,
                                           .p_logits = from_c(a.p_logits),
                                           .q_logits = from_c(a.q_logits),
                                           .p_temperature = a.p_temperature,
                                           .q_temperature = a.q_temperature,
                                           .p_temperature_per_row = has(a.flags, GUMBELCUDA_P_TEMPERATURE_PER_ROW),
                                           .q_temperature_per_row = has(a.flags, GUMBELCUDA_Q_TEMPERATURE_PER_ROW),
                                           .d_kl = a.d_kl,
                                           .d_p_logits = from_c(a.d_p_logits),
                                           .d_q_logits = from_c(a.d_q_logits),
                                           .d_p_temperature = a.d_p_temperature,
                                           .d_q_temperature = a.d_q_temperature});
  });
}

gumbelcuda_status gumbelcuda_concrete_log_prob(gumbelcuda_handle* handle,
                                               const gumbelcuda_concrete_log_prob_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, GUMBELCUDA_TEMPERATURE_PER_ROW | GUMBELCUDA_LOG_DOMAIN);
    call.run(concrete_log_prob_task{.rows = a.rows,
                                    .classes = a.classes,
                                    .type = number_type(a.type),
                                    .logits = from_c(a.logits),
                                    .value = from_c(a.value),
                                    .temperature = a.temperature,
                                    .temperature_per_row = has(a.flags, GUMBELCUDA_TEMPERATURE_PER_ROW),
                                    .log_domain = has(a.flags, GUMBELCUDA_LOG_DOMAIN),
                                    .log_prob = a.log_prob});
  });
}

gumbelcuda_status gumbelcuda_concrete_log_prob_vjp(gumbelcuda_handle* handle,
                                                   const gumbelcuda_concrete_log_prob_vjp_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, GUMBELCUDA_TEMPERATURE_PER_ROW | GUMBELCUDA_LOG_DOMAIN);
    call.run(concrete_log_prob_vjp_task{.rows = a.rows,
                                        .classes = a.classes,
                                        .type = number_type(a.type),
                                        .logits = from_c(a.logits),
                                        .value = from_c(a.value),
                                        .temperature = a.temperature,
                                        .temperature_per_row = has(a.flags, GUMBELCUDA_TEMPERATURE_PER_ROW),
                                        .log_domain = has(a.flags, GUMBELCUDA_LOG_DOMAIN),
                                        .d_log_prob = a.d_log_prob,
                                        .d_logits = from_c(a.d_logits),
                                        .d_value = from_c(a.d_value),
                                        .d_temperature = a.d_temperature});
  });
}
