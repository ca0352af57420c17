// SPDX-License-Identifier: Apache-2.0
// Public functions: temperature schedules.
#include "gumbelcuda/temperature_schedule.hpp"

#include <iterator>

#include "host/api/config_checks.hpp"
#include "host/api/row_checks.hpp"
#include "host/api/run_rows.hpp"

namespace gumbelcuda {

void validate(const temperature_schedule& schedule, const std::string& argument) {
  const bool exponential = schedule.shape == schedule_shape::exponential;
  if (!exponential && schedule.shape != schedule_shape::linear && schedule.shape != schedule_shape::cosine)
    throw invalid_argument(argument + ".shape", std::to_string(int(schedule.shape)) + " is not a schedule_shape");
  if (schedule.knot_count < 1 || schedule.knot_count > max_temperature_knots)
    throw invalid_argument(argument + ".knot_count", std::to_string(schedule.knot_count) + " is not in [1, " +
                                                         std::to_string(max_temperature_knots) + "]");
  for (int i = 0; i < schedule.knot_count; ++i) {
    const std::string knot = argument + ".knots[" + std::to_string(i) + "]";
    const auto [step, temperature] = schedule.knots[i];
    if (i > 0 && step <= schedule.knots[i - 1].step)
      throw invalid_argument(knot + ".step", std::to_string(step) + " is not above that of the knot before, " +
                                                 std::to_string(schedule.knots[i - 1].step));
    if (!(temperature >= 0) || std::isinf(temperature))
      throw invalid_argument(knot + ".temperature", number_text(temperature) + " is not 0 or more and finite");
    if (exponential && temperature == 0)
      throw invalid_argument(knot + ".temperature", "0 is not above 0, which an exponential schedule needs");
  }
}

void evaluate_schedule(const temperature_schedule& schedule, const std::uint64_t* device_step,
                       float* device_temperature, const row_execution& execution) {
  const bool device = on_device(execution);
  validate(schedule, "schedule");
  check_pointer("device_step", device_step);
  check_alignment("device_step", device_step, sizeof *device_step);
  check_pointer("device_temperature", device_temperature);
  check_alignment("device_temperature", device_temperature, sizeof *device_temperature);
  const task_array arrays[] = {{"device_step", "", device_step}, {"device_temperature", "", device_temperature, true}};
  check_distinct(arrays, std::size(arrays), 1, 1);
  if (device)
    evaluate_schedule_on_cuda(schedule, device_step, device_temperature, execution.stream);
  else
    *device_temperature = temperature(schedule, *device_step);
}

}  // namespace gumbelcuda
