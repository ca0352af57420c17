// SPDX-License-Identifier: Apache-2.0
// Implements gumbelcuda/c/temperature_schedule.h: turns C arguments into a schedule.
#include "gumbelcuda/temperature_schedule.hpp"

#include "host/c_api/operation.hpp"

using namespace gumbelcuda;
using namespace gumbelcuda::c_api;

static_assert(GUMBELCUDA_SCHEDULE_LINEAR == int(schedule_shape::linear) &&
              GUMBELCUDA_SCHEDULE_EXPONENTIAL == int(schedule_shape::exponential) &&
              GUMBELCUDA_SCHEDULE_COSINE == int(schedule_shape::cosine));

gumbelcuda_status gumbelcuda_evaluate_schedule(gumbelcuda_handle* handle,
                                               const gumbelcuda_evaluate_schedule_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    call.check({{"device_step", a.device_step}, {"device_temperature", a.device_temperature}});
    temperature_schedule schedule{.shape = schedule_shape(a.schedule.shape), .knot_count = a.schedule.knot_count};
    static_assert(sizeof a.schedule.knots == max_temperature_knots * sizeof a.schedule.knots[0]);
    for (int i = 0; i < max_temperature_knots; ++i) {
      const gumbelcuda_temperature_knot& knot = a.schedule.knots[i];
      if (knot.reserved != 0)  // building the argument name would allocate
        check_reserved(knot.reserved, "schedule.knots[" + std::to_string(i) + "]");
      schedule.knots[i] = {knot.step, knot.temperature};
    }
    const sampler_options& options = call.options();
    evaluate_schedule(schedule, a.device_step, a.device_temperature,
                      {.backend = options.backend, .threads = options.threads, .stream = options.stream});
  });
}
