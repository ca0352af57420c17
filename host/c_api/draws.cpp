// SPDX-License-Identifier: Apache-2.0
// The operations of gumbelcuda/c/draws.h: from arguments to a task.
#include "gumbelcuda/categorical_sample.hpp"
#include "gumbelcuda/top_k.hpp"
#include "host/c_api/operation.hpp"

using namespace gumbelcuda;
using namespace gumbelcuda::c_api;

gumbelcuda_status gumbelcuda_categorical_sample(gumbelcuda_handle* handle,
                                                const gumbelcuda_categorical_sample_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    call.check(a.rows, {{"logits", a.logits},
                        {"row_seed", a.row_seed},
                        {"row_offset", a.row_offset},
                        {"temperature", a.temperature},
                        {"top_k", a.top_k},
                        {"top_p", a.top_p},
                        {"min_p", a.min_p},
                        {"index", a.index},
                        {"log_prob", a.log_prob},
                        {"status", a.status}});
    check_flags(a.flags, GUMBELCUDA_TEMPERATURE_PER_ROW | GUMBELCUDA_TOP_K_PER_ROW | GUMBELCUDA_TOP_P_PER_ROW |
                             GUMBELCUDA_MIN_P_PER_ROW | GUMBELCUDA_REJECT_PROBABILITIES);
    call.draw(categorical_sample, {.rows = a.rows,
                                   .classes = a.classes,
                                   .type = number_type(a.type),
                                   .row_seed = a.row_seed,
                                   .row_offset = a.row_offset,
                                   .logits = {a.logits, a.logits_stride},
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
                                   .log_prob = a.log_prob,
                                   .status = status_of(a.status)});
  });
}

gumbelcuda_status gumbelcuda_categorical_sample_from_probabilities(
    gumbelcuda_handle* handle, const gumbelcuda_categorical_sample_from_probabilities_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    call.check(a.rows, {{"probabilities", a.probabilities},
                        {"row_seed", a.row_seed},
                        {"row_offset", a.row_offset},
                        {"index", a.index},
                        {"log_prob", a.log_prob},
                        {"status", a.status}});
    check_flags(a.flags, 0);
    call.draw(categorical_sample_from_probabilities, {.rows = a.rows,
                                                      .classes = a.classes,
                                                      .type = number_type(a.type),
                                                      .row_seed = a.row_seed,
                                                      .row_offset = a.row_offset,
                                                      .probabilities = {a.probabilities, a.probabilities_stride},
                                                      .draws = a.draws,
                                                      .index = a.index,
                                                      .log_prob = a.log_prob,
                                                      .status = status_of(a.status)});
  });
}

gumbelcuda_status gumbelcuda_gumbel_top_k(gumbelcuda_handle* handle, const gumbelcuda_gumbel_top_k_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    call.check(a.rows, {{"logits", a.logits},
                        {"index", a.index},
                        {"perturbed", a.perturbed},
                        {"log_prob", a.log_prob},
                        {"log_inclusion", a.log_inclusion},
                        {"kappa", a.kappa},
                        {"status", a.status}});
    check_flags(a.flags, 0);
    call.draw(gumbel_top_k, {.rows = a.rows,
                             .classes = a.classes,
                             .type = number_type(a.type),
                             .logits = {a.logits, a.logits_stride},
                             .k = a.k,
                             .index = a.index,
                             .perturbed = a.perturbed,
                             .log_prob = a.log_prob,
                             .log_inclusion = a.log_inclusion,
                             .kappa = a.kappa,
                             .status = status_of(a.status)});
  });
}
