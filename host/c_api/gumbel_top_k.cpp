// SPDX-License-Identifier: Apache-2.0
// Implements gumbelcuda/c/gumbel_top_k.h: turns C arguments into tasks.
#include "gumbelcuda/gumbel_top_k.hpp"

#include "host/c_api/operation.hpp"

using namespace gumbelcuda;
using namespace gumbelcuda::c_api;

gumbelcuda_status gumbelcuda_gumbel_top_k(gumbelcuda_handle* handle, const gumbelcuda_gumbel_top_k_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, 0);
    call.draw(gumbel_top_k_task{.rows = a.rows,
                                .classes = a.classes,
                                .type = number_type(a.type),
                                .noise = from_c(a.noise),
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
