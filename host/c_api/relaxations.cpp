// SPDX-License-Identifier: Apache-2.0
// The operations of gumbelcuda/c/relaxations.h: from arguments to a task.
#include "gumbelcuda/distributions.hpp"
#include "gumbelcuda/gumbel_rao.hpp"
#include "gumbelcuda/temperature_schedule.hpp"
#include "gumbelcuda/top_k.hpp"
#include "host/c_api/operation.hpp"

using namespace gumbelcuda;
using namespace gumbelcuda::c_api;

static_assert(GUMBELCUDA_SCHEDULE_LINEAR == int(schedule_shape::linear) &&
              GUMBELCUDA_SCHEDULE_EXPONENTIAL == int(schedule_shape::exponential) &&
              GUMBELCUDA_SCHEDULE_COSINE == int(schedule_shape::cosine));

gumbelcuda_status gumbelcuda_relaxed_k_hot(gumbelcuda_handle* handle, const gumbelcuda_relaxed_k_hot_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, GUMBELCUDA_TEMPERATURE_PER_ROW);
    call.draw(relaxed_k_hot, {.rows = a.rows,
                              .classes = a.classes,
                              .type = number_type(a.type),
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
    call.run(relaxed_k_hot_vjp, {.rows = a.rows,
                                 .classes = a.classes,
                                 .type = number_type(a.type),
                                 .noise = call.noise_at(a.offset),
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

gumbelcuda_status gumbelcuda_relaxed_bernoulli(gumbelcuda_handle* handle,
                                               const gumbelcuda_relaxed_bernoulli_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, GUMBELCUDA_TEMPERATURE_PER_ROW);
    call.draw(relaxed_bernoulli, {.rows = a.rows,
                                  .classes = a.classes,
                                  .type = number_type(a.type),
                                  .logits = from_c(a.logits),
                                  .temperature = a.temperature,
                                  .temperature_per_row = has(a.flags, GUMBELCUDA_TEMPERATURE_PER_ROW),
                                  .y = from_c(a.y),
                                  .hard = from_c(a.hard)});
  });
}

gumbelcuda_status gumbelcuda_relaxed_bernoulli_vjp(gumbelcuda_handle* handle,
                                                   const gumbelcuda_relaxed_bernoulli_vjp_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, GUMBELCUDA_TEMPERATURE_PER_ROW);
    call.run(relaxed_bernoulli_vjp, {.rows = a.rows,
                                     .classes = a.classes,
                                     .type = number_type(a.type),
                                     .noise = call.noise_at(a.offset),
                                     .logits = from_c(a.logits),
                                     .temperature = a.temperature,
                                     .temperature_per_row = has(a.flags, GUMBELCUDA_TEMPERATURE_PER_ROW),
                                     .y = from_c(a.y),
                                     .d_y = from_c(a.d_y),
                                     .d_logits = from_c(a.d_logits),
                                     .d_temperature = a.d_temperature});
  });
}

gumbelcuda_status gumbelcuda_conditional_gumbel(gumbelcuda_handle* handle,
                                                const gumbelcuda_conditional_gumbel_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, 0);
    call.draw(conditional_gumbel, {.rows = a.rows,
                                   .classes = a.classes,
                                   .type = number_type(a.type),
                                   .logits = from_c(a.logits),
                                   .index = a.index,
                                   .z = from_c(a.z)});
  });
}

gumbelcuda_status gumbelcuda_gumbel_rao_vjp(gumbelcuda_handle* handle, const gumbelcuda_gumbel_rao_vjp_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, GUMBELCUDA_TEMPERATURE_PER_ROW);
    check_reserved(a.reserved);
    call.run(gumbel_rao_vjp, {.rows = a.rows,
                              .classes = a.classes,
                              .type = number_type(a.type),
                              .noise = call.noise_at(a.offset),
                              .logits = from_c(a.logits),
                              .index = a.index,
                              .inner_samples = a.inner_samples,
                              .temperature = a.temperature,
                              .temperature_per_row = has(a.flags, GUMBELCUDA_TEMPERATURE_PER_ROW),
                              .d_one_hot = from_c(a.d_one_hot),
                              .d_logits = from_c(a.d_logits)});
  });
}

gumbelcuda_status gumbelcuda_evaluate_schedule(gumbelcuda_handle* handle,
                                               const gumbelcuda_evaluate_schedule_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    call.check({{"device_step", a.device_step}, {"device_temperature", a.device_temperature}});
    temperature_schedule schedule{.shape = schedule_shape(a.schedule.shape), .knot_count = a.schedule.knot_count};
    static_assert(sizeof a.schedule.knots == max_temperature_knots * sizeof a.schedule.knots[0]);
    for (int i = 0; i < max_temperature_knots; ++i) {
      const gumbelcuda_temperature_knot& knot = a.schedule.knots[i];
      if (knot.reserved != 0)  // its name is too long to cost no memory
        check_reserved(knot.reserved, "schedule.knots[" + std::to_string(i) + "]");
      schedule.knots[i] = {knot.step, knot.temperature};
    }
    const sampler_options& options = call.options();
    evaluate_schedule(schedule, a.device_step, a.device_temperature,
                      {.backend = options.backend, .threads = options.threads, .stream = options.stream});
  });
}
