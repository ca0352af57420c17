// SPDX-License-Identifier: Apache-2.0
// Implements gumbelcuda/c/gumbel.h: turns C arguments into tasks. gumbelcuda_advance_noise() is in gumbelcuda.h.
#include "gumbelcuda/gumbel.hpp"

#include "host/c_api/operation.hpp"

using namespace gumbelcuda;
using namespace gumbelcuda::c_api;

gumbelcuda_status gumbelcuda_gumbel_noise(gumbelcuda_handle* handle, const gumbelcuda_gumbel_noise_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, 0);
    call.draw(gumbel_noise_task{.rows = a.rows,
                                .classes = a.classes,
                                .type = number_type(a.type),
                                .noise = from_c(a.noise),
                                .out = from_c(a.out)});
  });
}

gumbelcuda_status gumbelcuda_gumbel_max(gumbelcuda_handle* handle, const gumbelcuda_gumbel_max_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, 0);
    call.draw(gumbel_max_task{.rows = a.rows,
                              .classes = a.classes,
                              .type = number_type(a.type),
                              .noise = from_c(a.noise),
                              .logits = from_c(a.logits),
                              .index = a.index,
                              .index_int32 = a.index_int32,
                              .log_prob = a.log_prob,
                              .status = status_of(a.status)});
  });
}

gumbelcuda_status gumbelcuda_gumbel_softmax(gumbelcuda_handle* handle, const gumbelcuda_gumbel_softmax_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, GUMBELCUDA_TEMPERATURE_PER_ROW | GUMBELCUDA_LOG_DOMAIN);
    const gumbel_softmax_task task = {.rows = a.rows,
                                      .classes = a.classes,
                                      .type = number_type(a.type),
                                      .noise = from_c(a.noise),
                                      .logits = from_c(a.logits),
                                      .temperature = a.temperature,
                                      .temperature_per_row = has(a.flags, GUMBELCUDA_TEMPERATURE_PER_ROW),
                                      .y = from_c(a.y),
                                      .one_hot = from_c(a.one_hot),
                                      .index = a.index,
                                      .log_domain = has(a.flags, GUMBELCUDA_LOG_DOMAIN),
                                      .gumbel = from_c(a.gumbel),
                                      .gumbel_out = from_c(a.gumbel_out)};
    if (a.gumbel.data)
      call.run(task);
    else
      call.draw(task);
  });
}

gumbelcuda_status gumbelcuda_gumbel_softmax_vjp(gumbelcuda_handle* handle,
                                                const gumbelcuda_gumbel_softmax_vjp_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, GUMBELCUDA_TEMPERATURE_PER_ROW);
    call.run(gumbel_softmax_vjp_task{.rows = a.rows,
                                     .classes = a.classes,
                                     .type = number_type(a.type),
                                     .noise = call.noise_of(a.noise),
                                     .logits = from_c(a.logits),
                                     .temperature = a.temperature,
                                     .temperature_per_row = has(a.flags, GUMBELCUDA_TEMPERATURE_PER_ROW),
                                     .y = from_c(a.y),
                                     .d_y = from_c(a.d_y),
                                     .d_logits = from_c(a.d_logits),
                                     .d_temperature = a.d_temperature,
                                     .gumbel = from_c(a.gumbel)});
  });
}

gumbelcuda_status gumbelcuda_advance_noise(gumbelcuda_handle* handle, uint64_t* device_offset, uint64_t words) {
  return answer([&] {
    check_not_null("handle", handle);
    operation_call(*handle).check({{"device_offset", device_offset}});
    handle->sampler.advance_noise(device_offset, words);
  });
}
gumbelcuda_status gumbelcuda_advance_row_offsets(gumbelcuda_handle* handle, uint64_t* row_offset, uint64_t rows,
                                                 uint64_t words) {
  return answer([&] {
    check_not_null("handle", handle);
    if (rows > 0) operation_call(*handle).check({{"row_offset", row_offset}});
    handle->sampler.advance_row_offsets(row_offset, rows, words);
  });
}
