// SPDX-License-Identifier: Apache-2.0
// Implements gumbelcuda/c/gumbel_rao.h: turns C arguments into tasks.
#include "gumbelcuda/gumbel_rao.hpp"

#include "host/c_api/operation.hpp"

using namespace gumbelcuda;
using namespace gumbelcuda::c_api;

gumbelcuda_status gumbelcuda_conditional_gumbel(gumbelcuda_handle* handle,
                                                const gumbelcuda_conditional_gumbel_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, 0);
    call.draw(conditional_gumbel_task{.rows = a.rows,
                                      .classes = a.classes,
                                      .type = number_type(a.type),
                                      .noise = from_c(a.noise),
                                      .logits = from_c(a.logits),
                                      .index = a.index,
                                      .z = from_c(a.z)});
  });
}

gumbelcuda_status gumbelcuda_gumbel_rao_vjp(gumbelcuda_handle* handle, const gumbelcuda_gumbel_rao_vjp_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, GUMBELCUDA_TEMPERATURE_PER_ROW);
    check_reserved(a.reserved);
    call.run(gumbel_rao_vjp_task{.rows = a.rows,
                                 .classes = a.classes,
                                 .type = number_type(a.type),
                                 .noise = call.noise_of(a.noise),
                                 .logits = from_c(a.logits),
                                 .index = a.index,
                                 .inner_samples = a.inner_samples,
                                 .temperature = a.temperature,
                                 .temperature_per_row = has(a.flags, GUMBELCUDA_TEMPERATURE_PER_ROW),
                                 .d_one_hot = from_c(a.d_one_hot),
                                 .d_logits = from_c(a.d_logits)});
  });
}
