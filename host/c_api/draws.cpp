// SPDX-License-Identifier: Apache-2.0
// The operations of gumbelcuda/c/draws.h: from arguments to a task.
#include <cstddef>

#include "gumbelcuda/categorical_sample.hpp"
#include "gumbelcuda/sharded.hpp"
#include "gumbelcuda/top_k.hpp"
#include "host/c_api/operation.hpp"

using namespace gumbelcuda;
using namespace gumbelcuda::c_api;

namespace {

using c_partial = gumbelcuda_gumbel_max_partial;
static_assert(sizeof(c_partial) == sizeof(gumbel_max_partial) && alignof(c_partial) == alignof(gumbel_max_partial));
static_assert(offsetof(c_partial, score) == offsetof(gumbel_max_partial, score) &&
              offsetof(c_partial, remainder) == offsetof(gumbel_max_partial, remainder) &&
              offsetof(c_partial, index) == offsetof(gumbel_max_partial, index) &&
              offsetof(c_partial, logit) == offsetof(gumbel_max_partial, logit) &&
              offsetof(c_partial, top) == offsetof(gumbel_max_partial, top) &&
              offsetof(c_partial, total) == offsetof(gumbel_max_partial, total) &&
              offsetof(c_partial, status) == offsetof(gumbel_max_partial, status) &&
              offsetof(c_partial, reserved) == offsetof(gumbel_max_partial, reserved));

}  // namespace

gumbelcuda_status gumbelcuda_categorical_sample(gumbelcuda_handle* handle,
                                                const gumbelcuda_categorical_sample_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, GUMBELCUDA_TEMPERATURE_PER_ROW | GUMBELCUDA_TOP_K_PER_ROW | GUMBELCUDA_TOP_P_PER_ROW |
                             GUMBELCUDA_MIN_P_PER_ROW | GUMBELCUDA_REJECT_PROBABILITIES);
    call.draw(categorical_sample, {.rows = a.rows,
                                   .classes = a.classes,
                                   .type = number_type(a.type),
                                   .row_seed = a.row_seed,
                                   .row_offset = a.row_offset,
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
                                   .log_prob = a.log_prob,
                                   .status = status_of(a.status)});
  });
}

gumbelcuda_status gumbelcuda_categorical_sample_from_probabilities(
    gumbelcuda_handle* handle, const gumbelcuda_categorical_sample_from_probabilities_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, 0);
    call.draw(categorical_sample_from_probabilities, {.rows = a.rows,
                                                      .classes = a.classes,
                                                      .type = number_type(a.type),
                                                      .row_seed = a.row_seed,
                                                      .row_offset = a.row_offset,
                                                      .probabilities = from_c(a.probabilities),
                                                      .draws = a.draws,
                                                      .index = a.index,
                                                      .log_prob = a.log_prob,
                                                      .status = status_of(a.status)});
  });
}

gumbelcuda_status gumbelcuda_gumbel_top_k(gumbelcuda_handle* handle, const gumbelcuda_gumbel_top_k_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, 0);
    call.draw(gumbel_top_k, {.rows = a.rows,
                             .classes = a.classes,
                             .type = number_type(a.type),
                             .logits = from_c(a.logits),
                             .k = a.k,
                             .index = a.index,
                             .perturbed = a.perturbed,
                             .log_prob = a.log_prob,
                             .log_inclusion = a.log_inclusion,
                             .kappa = a.kappa,
                             .status = status_of(a.status)});
  });
}

gumbelcuda_status gumbelcuda_gumbel_max_shard(gumbelcuda_handle* handle, const gumbelcuda_gumbel_max_shard_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, GUMBELCUDA_LOG_PROB_WANTED);
    // Classes beyond 2^59 are refused for themselves.
    constexpr std::uint64_t most = std::uint64_t{1} << 59;
    if (a.row_classes > 0 && a.first_class <= most && a.classes <= most && a.row_classes < a.first_class + a.classes)
      throw invalid_argument("row_classes",
                             std::to_string(a.row_classes) + " is neither 0 nor first_class + classes, " +
                                 std::to_string(a.first_class) + " + " + std::to_string(a.classes) + ", or more");
    call.draw(gumbel_max_shard,
              {.rows = a.rows,
               .classes = a.classes,
               .type = number_type(a.type),
               .logits = from_c(a.logits),
               .first_class = a.first_class,
               .log_prob_wanted = has(a.flags, GUMBELCUDA_LOG_PROB_WANTED),
               .partial = reinterpret_cast<gumbel_max_partial*>(a.partial)},
              a.row_classes);
  });
}

gumbelcuda_status gumbelcuda_combine_gumbel_max(gumbelcuda_handle* handle,
                                                const gumbelcuda_combine_gumbel_max_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, 0);
    call.run(combine_gumbel_max, {.rows = a.rows,
                                  .shards = a.shards,
                                  .type = number_type(a.type),
                                  .partial = reinterpret_cast<const gumbel_max_partial*>(a.partial),
                                  .index = a.index,
                                  .log_prob = a.log_prob,
                                  .status = status_of(a.status)});
  });
}
