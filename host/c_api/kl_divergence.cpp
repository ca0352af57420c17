// SPDX-License-Identifier: Apache-2.0
// Implements gumbelcuda/c/kl_divergence.h: turns C arguments into tasks.
#include "gumbelcuda/kl_divergence.hpp"

#include "host/c_api/operation.hpp"

using namespace gumbelcuda;
using namespace gumbelcuda::c_api;

gumbelcuda_status gumbelcuda_kl_divergence(gumbelcuda_handle* handle, const gumbelcuda_kl_divergence_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, 0);
    call.run(kl_divergence_task{.rows = a.rows,
                                .classes = a.classes,
                                .type = number_type(a.type),
                                .p_logits = from_c(a.p_logits),
                                .q_logits = from_c(a.q_logits),
                                .kl = a.kl});
  });
}
