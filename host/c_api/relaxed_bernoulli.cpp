// SPDX-License-Identifier: Apache-2.0
// Implements gumbelcuda/c/relaxed_bernoulli.h: turns C arguments into tasks.
#include "gumbelcuda/relaxed_bernoulli.hpp"

#include "host/c_api/operation.hpp"

using namespace gumbelcuda;
using namespace gumbelcuda::c_api;

gumbelcuda_status gumbelcuda_relaxed_bernoulli_log_prob(gumbelcuda_handle* handle,
                                                        const gumbelcuda_relaxed_bernoulli_log_prob_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, GUMBELCUDA_TEMPERATURE_PER_ROW);
    call.run(relaxed_bernoulli_log_prob_task{.rows = a.rows,
                                             .classes = a.classes,
                                             .type = number_type(a.type),
                                             .logits = from_c(a.logits),
                                             .y = from_c(a.y),
                                             .temperature = a.temperature,
                                             .temperature_per_row = has(a.flags, GUMBELCUDA_TEMPERATURE_PER_ROW),
                                             .log_prob = from_c(a.log_prob)});
  });
}

gumbelcuda_status gumbelcuda_relaxed_bernoulli(gumbelcuda_handle* handle,
                                               const gumbelcuda_relaxed_bernoulli_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, GUMBELCUDA_TEMPERATURE_PER_ROW);
    call.draw(relaxed_bernoulli_task{.rows = a.rows,
                                     .classes = a.classes,
                                     .type = number_type(a.type),
                                     .noise = from_c(a.noise),
                                     .logits = from_c(a.logits),
                                     .temperature = a.temperature,
                                     .temperature_per_row = has(a.flags, GUMBELCUDA_TEMPERATURE_PER_ROW),
                                     .y = from_c(a.y),
                                     .hard = from_c(a.hard)});
  });
}

gumbelcuda_status gumbelcuda_relaxed_bernoulli_vjp(gumbelcuda_handle* handle,
                                                   const gumbelcuda_relaxed_bernoulli_vjp_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, GUMBELCUDA_TEMPERATURE_PER_ROW);
    call.run(relaxed_bernoulli_vjp_task{.rows = a.rows,
                                        .classes = a.classes,
                                        .type = number_type(a.type),
                                        .noise = call.noise_of(a.noise),
                                        .logits = from_c(a.logits),
                                        .temperature = a.temperature,
                                        .temperature_per_row = has(a.flags, GUMBELCUDA_TEMPERATURE_PER_ROW),
                                        .y = from_c(a.y),
                                        .d_y = from_c(a.d_y),
                                        .d_logits = from_c(a.d_logits),
                                        .d_temperature = a.d_temperature});
  });
}
