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

gumbelcuda_status gumbelcuda_kl_divergence(gumbelcuda_handle* handle, const gumbelcuda_kl_divergence_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, 0);
    call.run(kl_divergence, {.rows = a.rows,
                             .classes = a.classes,
                             .type = number_type(a.type),
                             .p_logits = {a.p_logits, a.p_logits_stride, a.p_logits_class_stride},
                             .q_logits = {a.q_logits, a.q_logits_stride, a.q_logits_class_stride},
                             .kl = a.kl});
  });
}

gumbelcuda_status gumbelcuda_concrete_kl_estimate(gumbelcuda_handle* handle,
                                                  const gumbelcuda_concrete_kl_estimate_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, GUMBELCUDA_P_TEMPERATURE_PER_ROW | GUMBELCUDA_Q_TEMPERATURE_PER_ROW);
    check_reserved("reserved", a.reserved);
    call.draw(concrete_kl_estimate, {.rows = a.rows,
                                     .classes = a.classes,
                                     .type = number_type(a.type),
                                     .samples = a.samples,
                                     .p_logits = {a.p_logits, a.p_logits_stride, a.p_logits_class_stride},
                                     .q_logits = {a.q_logits, a.q_logits_stride, a.q_logits_class_stride},
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
    check_reserved("reserved", a.reserved);
    call.run(concrete_kl_estimate_vjp, {.rows = a.rows,
                                        .classes = a.classes,
                                        .type = number_type(a.type),
                                        .noise = call.noise_at(a.offset),
                                        .samples = a.samples,
                                        .p_logits = {a.p_logits, a.p_logits_stride, a.p_logits_class_stride},
                                        .q_logits = {a.q_logits, a.q_logits_stride, a.q_logits_class_stride},
                                        .p_temperature = a.p_temperature,
                                        .q_temperature = a.q_temperature,
                                        .p_temperature_per_row = has(a.flags, GUMBELCUDA_P_TEMPERATURE_PER_ROW),
                                        .q_temperature_per_row = has(a.flags, GUMBELCUDA_Q_TEMPERATURE_PER_ROW),
                                        .d_kl = a.d_kl,
                                        .d_p_logits = {a.d_p_logits, a.d_p_logits_stride, a.d_p_logits_class_stride},
                                        .d_q_logits = {a.d_q_logits, a.d_q_logits_stride, a.d_q_logits_class_stride},
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
                                 .logits = {a.logits, a.logits_stride, a.logits_class_stride},
                                 .value = {a.value, a.value_stride, a.value_class_stride},
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
                                     .logits = {a.logits, a.logits_stride, a.logits_class_stride},
                                     .value = {a.value, a.value_stride, a.value_class_stride},
                                     .temperature = a.temperature,
                                     .temperature_per_row = has(a.flags, GUMBELCUDA_TEMPERATURE_PER_ROW),
                                     .log_domain = has(a.flags, GUMBELCUDA_LOG_DOMAIN),
                                     .d_log_prob = a.d_log_prob,
                                     .d_logits = {a.d_logits, a.d_logits_stride, a.d_logits_class_stride},
                                     .d_value = {a.d_value, a.d_value_stride, a.d_value_class_stride},
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
                                          .logits = {a.logits, a.logits_stride, a.logits_class_stride},
                                          .y = {a.y, a.y_stride, a.y_class_stride},
                                          .temperature = a.temperature,
                                          .temperature_per_row = has(a.flags, GUMBELCUDA_TEMPERATURE_PER_ROW),
                                          .log_prob = {a.log_prob, a.log_prob_stride, a.log_prob_class_stride}});
  });
}

gumbelcuda_status gumbelcuda_location_scale_sample(gumbelcuda_handle* handle,
                                                   const gumbelcuda_location_scale_sample_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, 0);
    check_reserved("reserved", a.reserved);
    call.draw(location_scale_sample,
              {.rows = a.rows,
               .classes = a.classes,
               .type = number_type(a.type),
               .law = noise_law(a.law),
               .location = {a.location, parameter_shape(a.location_shape), a.location_stride, a.location_class_stride},
               .scale = {a.scale, parameter_shape(a.scale_shape), a.scale_stride, a.scale_class_stride},
               .sample = {a.sample, a.sample_stride, a.sample_class_stride}});
  });
}

gumbelcuda_status gumbelcuda_location_scale_sample_vjp(gumbelcuda_handle* handle,
                                                       const gumbelcuda_location_scale_sample_vjp_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, 0);
    check_reserved("reserved", a.reserved);
    call.run(location_scale_sample_vjp,
             {.rows = a.rows,
              .classes = a.classes,
              .type = number_type(a.type),
              .law = noise_law(a.law),
              .noise = call.noise_at(a.offset),
              .d_sample = {a.d_sample, a.d_sample_stride, a.d_sample_class_stride},
              .d_location = {a.d_location, parameter_shape(a.d_location_shape), a.d_location_stride,
                             a.d_location_class_stride},
              .d_scale = {a.d_scale, parameter_shape(a.d_scale_shape), a.d_scale_stride, a.d_scale_class_stride}});
  });
}

gumbelcuda_status gumbelcuda_location_scale_log_prob(gumbelcuda_handle* handle,
                                                     const gumbelcuda_location_scale_log_prob_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, 0);
    check_reserved("reserved", a.reserved);
    call.run(location_scale_log_prob,
             {.rows = a.rows,
              .classes = a.classes,
              .type = number_type(a.type),
              .law = noise_law(a.law),
              .value = {a.value, a.value_stride, a.value_class_stride},
              .location = {a.location, parameter_shape(a.location_shape), a.location_stride, a.location_class_stride},
              .scale = {a.scale, parameter_shape(a.scale_shape), a.scale_stride, a.scale_class_stride},
              .log_prob = {a.log_prob, a.log_prob_stride, a.log_prob_class_stride}});
  });
}

gumbelcuda_status gumbelcuda_location_scale_log_prob_vjp(gumbelcuda_handle* handle,
                                                         const gumbelcuda_location_scale_log_prob_vjp_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, 0);
    check_reserved("reserved", a.reserved);
    call.run(location_scale_log_prob_vjp,
             {.rows = a.rows,
              .classes = a.classes,
              .type = number_type(a.type),
              .law = noise_law(a.law),
              .value = {a.value, a.value_stride, a.value_class_stride},
              .location = {a.location, parameter_shape(a.location_shape), a.location_stride, a.location_class_stride},
              .scale = {a.scale, parameter_shape(a.scale_shape), a.scale_stride, a.scale_class_stride},
              .d_log_prob = {a.d_log_prob, a.d_log_prob_stride, a.d_log_prob_class_stride},
              .d_value = {a.d_value, a.d_value_stride, a.d_value_class_stride},
              .d_location = {a.d_location, parameter_shape(a.d_location_shape), a.d_location_stride,
                             a.d_location_class_stride},
              .d_scale = {a.d_scale, parameter_shape(a.d_scale_shape), a.d_scale_stride, a.d_scale_class_stride}});
  });
}
