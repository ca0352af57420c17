// SPDX-License-Identifier: Apache-2.0
// Implements gumbelcuda/c/sharded.h: turns C arguments into tasks.
#include "gumbelcuda/sharded.hpp"

#include <cstddef>

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

gumbelcuda_status gumbelcuda_gumbel_max_shard(gumbelcuda_handle* handle, const gumbelcuda_gumbel_max_shard_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, GUMBELCUDA_LOG_PROB_WANTED);
    // More than 2^59 classes are refused by their own checks.
    constexpr std::uint64_t most = std::uint64_t{1} << 59;
    if (a.row_classes > 0 && a.first_class <= most && a.classes <= most && a.row_classes < a.first_class + a.classes)
      throw invalid_argument("row_classes",
                             std::to_string(a.row_classes) + " is neither 0 nor first_class + classes, " +
                                 std::to_string(a.first_class) + " + " + std::to_string(a.classes) + ", or more");
    call.draw(gumbel_max_shard_task{.rows = a.rows,
                                    .classes = a.classes,
                                    .type = number_type(a.type),
                                    .noise = from_c(a.noise),
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
    call.run(combine_gumbel_max_task{.rows = a.rows,
                                     .shards = a.shards,
                                     .type = number_type(a.type),
                                     .partial = reinterpret_cast<const gumbel_max_partial*>(a.partial),
                                     .index = a.index,
                                     .log_prob = a.log_prob,
                                     .status = status_of(a.status)});
  });
}
