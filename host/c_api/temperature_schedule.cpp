// SPDX-License-Identifier: Apache-2.0
// Implements gumbelcuda/c/temperature_schedule.h: turns C arguments into a schedule.
#include "gumbelcuda/temperature_schedule.hpp"

#include "host/c_api/operation.hpp"
#include "host/c_api/schedule.hpp"

using namespace gumbelcuda;
using namespace gumbelcuda::c_api;

gumbelcuda_status gumbelcuda_evaluate_schedule(gumbelcuda_handle* handle,
                                               const gumbelcuda_evaluate_schedule_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    call.check({{"device_step", a.device_step}, {"device_temperature", a.device_temperature}});
    const sampler_options& options = call.options();
    evaluate_schedule(schedule_from_c(a.schedule, "schedule"), a.device_step, a.device_temperature,
                      {.backend = options.backend, .threads = options.threads, .stream = options.stream});
  });
}
