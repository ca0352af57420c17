// SPDX-License-Identifier: Apache-2.0
// Implements gumbelcuda/c/relaxed_k_hot.h: turns C arguments into tasks.
#include "gumbelcuda/relaxed_k_hot.hpp"

#include "host/c_api/operation.hpp"

using namespace gumbelcuda;
using namespace gumbelcuda::c_api;

gumbelcuda_status gumbelcuda_relaxed_k_hot(gumbelcuda_handle* handle, const gumbelcuda_relaxed_k_hot_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, GUMBELCUDA_TEMPERATURE_PER_ROW);
    call.draw(relaxed_k_hot_task{.rows = a.rows,
                                 .classes = a.classes,
                                 .type = number_type(a.type),
                                 .noise = from_c(a.noise),
                                 .logits = from_c(a.logits),
                                 .k = a.k,
                                 .temperature = a.temperature,
                                 .temperature_per_row = has(a.flags, GUMBELCUDA_TEMPERATURE_PER_ROW),
                                 .y = from_c(a.y),
                                 .k_hot = from_c(a.k_hot)});
  });
}

gumbelcuda_status gumbelcuda_relaxed_k_hot_vjp(gumbelcuda_handle* handle,
                                               const gumbelcuda_relaxed_k_hot_vjp_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, GUMBELCUDA_TEMPERATURE_PER_ROW);
    call.run(relaxed_k_hot_vjp_task{.rows = a.rows,
                                    .classes = a.classes,
                                    .type = number_type(a.type),
                                    .noise = call.noise_of(a.noise),
                                    .logits = from_c(a.logits),
                                    .k = a.k,
                                    .temperature = a.temperature,
                                    .temperature_per_row = has(a.flags, GUMBELCUDA_TEMPERATURE_PER_ROW),
                                    .y = from_c(a.y),
                                    .d_y = from_c(a.d_y),
                                    .d_logits = from_c(a.d_logits),
                                    .d_temperature = a.d_temperature});
  });
}
