// SPDX-License-Identifier: Apache-2.0
// Implements gumbelcuda/c/categorical_sample.h: turns C arguments into tasks.
#include "gumbelcuda/categorical_sample.hpp"

#include "host/c_api/operation.hpp"

using namespace gumbelcuda;
using namespace gumbelcuda::c_api;

gumbelcuda_status gumbelcuda_categorical_sample(gumbelcuda_handle* handle,
                                                const gumbelcuda_categorical_sample_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, GUMBELCUDA_TEMPERATURE_PER_ROW | GUMBELCUDA_TOP_K_PER_ROW | GUMBELCUDA_TOP_P_PER_ROW |
                             GUMBELCUDA_MIN_P_PER_ROW | GUMBELCUDA_REJECT_PROBABILITIES);
    call.draw(categorical_sample_task{.rows = a.rows,
                                      .classes = a.classes,
                                      .type = number_type(a.type),
                                      .noise = from_c(a.noise),
                                      .logits = from_c(a.logits),
                                      .draws = a.draws,
                                      .temperature = a.temperature,
                                      .temperature_per_row = has(a.flags, GUMBELCUDA_TEMPERATURE_PER_ROW),
                                      .top_k = a.top_k,
                                      .top_k_per_row = has(a.flags, GUMBELCUDA_TOP_K_PER_ROW),
                                      .top_p = a.top_p,
                                      .top_p_per_row = has(a.flags, GUMBELCUDA_TOP_P_PER_ROW),
                                      .min_p = a.min_p,
                                      .min_p_per_row = has(a.flags, GUMBELCUDA_MIN_P_PER_ROW),
                                      .reject_probabilities = has(a.flags, GUMBELCUDA_REJECT_PROBABILITIES),
                                      .index = a.index,
                                      .index_int32 = a.index_int32,
                                      .log_prob = a.log_prob,
                                      .status = status_of(a.status)});
  });
}

gumbelcuda_status gumbelcuda_categorical_sample_from_probabilities(
    gumbelcuda_handle* handle, const gumbelcuda_categorical_sample_from_probabilities_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, 0);
    call.draw(categorical_sample_from_probabilities_task{.rows = a.rows,
                                                         .classes = a.classes,
                                                         .type = number_type(a.type),
                                                         .noise = from_c(a.noise),
                                                         .probabilities = from_c(a.probabilities),
                                                         .draws = a.draws,
                                                         .index = a.index,
                                                         .index_int32 = a.index_int32,
                                                         .log_prob = a.log_prob,
                                                         .status = status_of(a.status)});
  });
}
