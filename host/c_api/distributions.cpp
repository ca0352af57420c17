// SPDX-License-Identifier: Apache-2.0
// The operations of gumbelcuda/c/distributions.h: from arguments to a task.
#include "gumbelcuda/distributions.hpp"

#include "gumbelcuda/reparameterized.hpp"
#include "host/c_api/operation.hpp"

using namespace gumbelcuda;
using namespace gumbelcuda::c_api;

static_assert(GUMBELCUDA_LAW_GUMBEL == int(noise_law::gumbel) && GUMBELCUDA_LAW_GAUSSIAN == int(noise_law::gaussian));
static_assert(GUMBELCUDA_PER_ELEMENT == int(parameter_shape::per_element) &&
              GUMBELCUDA_PER_ROW == int(parameter_shape::per_row) &&
              GUMBELCUDA_ONE_FOR_ALL == int(parameter_shape::one_for_all));

namespace {

const_parameter from_c(const std::string& name, const gumbelcuda_const_parameter& parameter) {
  check_reserved(parameter.reserved, name);
  return {parameter.data, parameter_shape(parameter.shape), parameter.row_stride, parameter.class_stride};
}
mutable_parameter from_c(const std::string& name, const gumbelcuda_parameter& parameter) {
  check_reserved(parameter.reserved, name);
  return {parameter.data, parameter_shape(parameter.shape), parameter.row_stride, parameter.class_stride};
}

}  // namespace

gumbelcuda_status gumbelcuda_kl_divergence(gumbelcuda_handle* handle, const gumbelcuda_kl_divergence_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, 0);
    call.run(kl_divergence, {.rows = a.rows,
                             .classes = a.classes,
                             .type = number_type(a.type),
                             .p_logits = from_c(a.p_logits),
                             .q_logits = from_c(a.q_logits),
                             .kl = a.kl});
  });
}

gumbelcuda_status gumbelcuda_concrete_kl_estimate(gumbelcuda_handle* handle,
                                                  const gumbelcuda_concrete_kl_estimate_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, GUMBELCUDA_P_TEMPERATURE_PER_ROW | GUMBELCUDA_Q_TEMPERATURE_PER_ROW);
    check_reserved(a.reserved);
    call.draw(concrete_kl_estimate, {.rows = a.rows,
                                     .classes = a.classes,
                                     .type = number_type(a.type),
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
    call.run(concrete_kl_estimate_vjp, {.rows = a.rows,
                                        .classes = a.classes,
                                        .type = number_type(a.type),
                                        .noise = call.noise_at(a.offset),
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
    call.run(concrete_log_prob, {.rows = a.rows,
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
    call.run(concrete_log_prob_vjp, {.rows = a.rows,
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

gumbelcuda_status gumbelcuda_relaxed_bernoulli_log_prob(gumbelcuda_handle* handle,
                                                        const gumbelcuda_relaxed_bernoulli_log_prob_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, GUMBELCUDA_TEMPERATURE_PER_ROW);
    call.run(relaxed_bernoulli_log_prob, {.rows = a.rows,
                                          .classes = a.classes,
                                          .type = number_type(a.type),
                                          .logits = from_c(a.logits),
                                          .y = from_c(a.y),
                                          .temperature = a.temperature,
                                          .temperature_per_row = has(a.flags, GUMBELCUDA_TEMPERATURE_PER_ROW),
                                          .log_prob = from_c(a.log_prob)});
  });
}

gumbelcuda_status gumbelcuda_location_scale_sample(gumbelcuda_handle* handle,
                                                   const gumbelcuda_location_scale_sample_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, 0);
    check_reserved(a.reserved);
    call.draw(location_scale_sample, {.rows = a.rows,
                                      .classes = a.classes,
                                      .type = number_type(a.type),
                                      .law = noise_law(a.law),
                                      .location = from_c("location", a.location),
                                      .scale = from_c("scale", a.scale),
                                      .sample = from_c(a.sample)});
  });
}

gumbelcuda_status gumbelcuda_location_scale_sample_vjp(gumbelcuda_handle* handle,
                                                       const gumbelcuda_location_scale_sample_vjp_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, 0);
    check_reserved(a.reserved);
    call.run(location_scale_sample_vjp, {.rows = a.rows,
                                         .classes = a.classes,
                                         .type = number_type(a.type),
                                         .law = noise_law(a.law),
                                         .noise = call.noise_at(a.offset),
                                         .d_sample = from_c(a.d_sample),
                                         .d_location = from_c("d_location", a.d_location),
                                         .d_scale = from_c("d_scale", a.d_scale)});
  });
}

gumbelcuda_status gumbelcuda_location_scale_log_prob(gumbelcuda_handle* handle,
                                                     const gumbelcuda_location_scale_log_prob_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, 0);
    check_reserved(a.reserved);
    call.run(location_scale_log_prob, {.rows = a.rows,
                                       .classes = a.classes,
                                       .type = number_type(a.type),
                                       .law = noise_law(a.law),
                                       .value = from_c(a.value),
                                       .location = from_c("location", a.location),
                                       .scale = from_c("scale", a.scale),
                                       .log_prob = from_c(a.log_prob)});
  });
}

gumbelcuda_status gumbelcuda_location_scale_log_prob_vjp(gumbelcuda_handle* handle,
                                                         const gumbelcuda_location_scale_log_prob_vjp_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, 0);
    check_reserved(a.reserved);
    call.run(location_scale_log_prob_vjp, {.rows = a.rows,
                                           .classes = a.classes,
                                           .type = number_type(a.type),
                                           .law = noise_law(a.law),
                                           .value = from_c(a.value),
                                           .location = from_c("location", a.location),
                                           .scale = from_c("scale", a.scale),
                                           .d_log_prob = from_c(a.d_log_prob),
                                           .d_value = from_c(a.d_value),
                                           .d_location = from_c("d_location", a.d_location),
                                           .d_scale = from_c("d_scale", a.d_scale)});
  });
}
