// SPDX-License-Identifier: Apache-2.0
// The operations of gumbelcuda.h itself: from arguments to a task.
#include "host/c_api/operation.hpp"

using namespace gumbelcuda;
using namespace gumbelcuda::c_api;

gumbelcuda_status gumbelcuda_gumbel_noise(gumbelcuda_handle* handle, const gumbelcuda_gumbel_noise_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, 0);
    call.draw(gumbel_noise, {.rows = a.rows,
                             .classes = a.classes,
                             .type = number_type(a.type),
                             .out = {a.out, a.out_stride, a.out_class_stride}});
  });
}

gumbelcuda_status gumbelcuda_gumbel_max(gumbelcuda_handle* handle, const gumbelcuda_gumbel_max_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, 0);
    call.draw(gumbel_max, {.rows = a.rows,
                           .classes = a.classes,
                           .type = number_type(a.type),
                           .logits = {a.logits, a.logits_stride, a.logits_class_stride},
                           .index = a.index,
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
                                      .logits = {a.logits, a.logits_stride, a.logits_class_stride},
                                      .temperature = a.temperature,
                                      .temperature_per_row = has(a.flags, GUMBELCUDA_TEMPERATURE_PER_ROW),
                                      .y = {a.y, a.y_stride, a.y_class_stride},
                                      .one_hot = {a.one_hot, a.one_hot_stride, a.one_hot_class_stride},
                                      .index = a.index,
                                      .log_domain = has(a.flags, GUMBELCUDA_LOG_DOMAIN),
                                      .gumbel = {a.gumbel, a.gumbel_stride, a.gumbel_class_stride},
                                      .gumbel_out = {a.gumbel_out, a.gumbel_out_stride, a.gumbel_out_class_stride}};
    if (a.gumbel)
      call.run(gumbel_softmax, task);
    else
      call.draw(gumbel_softmax, task);
  });
}

gumbelcuda_status gumbelcuda_gumbel_softmax_vjp(gumbelcuda_handle* handle,
                                                const gumbelcuda_gumbel_softmax_vjp_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, GUMBELCUDA_TEMPERATURE_PER_ROW);
    call.run(gumbel_softmax_vjp, {.rows = a.rows,
                                  .classes = a.classes,
                                  .type = number_type(a.type),
                                  .noise = call.noise_at(a.offset),
                                  .logits = {a.logits, a.logits_stride, a.logits_class_stride},
                                  .temperature = a.temperature,
                                  .temperature_per_row = has(a.flags, GUMBELCUDA_TEMPERATURE_PER_ROW),
                                  .y = {a.y, a.y_stride, a.y_class_stride},
                                  .d_y = {a.d_y, a.d_y_stride, a.d_y_class_stride},
                                  .d_logits = {a.d_logits, a.d_logits_stride, a.d_logits_class_stride},
                                  .d_temperature = a.d_temperature,
                                  .gumbel = {a.gumbel, a.gumbel_stride, a.gumbel_class_stride}});
  });
}

gumbelcuda_status gumbelcuda_advance_noise(gumbelcuda_handle* handle, uint64_t* device_offset, uint64_t words) {
  return answer([&] {
    check_given("handle", handle);
    operation_call(*handle).check({{"device_offset", device_offset}});
    handle->sampler.advance_noise(device_offset, words);
  });
}
