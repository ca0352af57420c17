// SPDX-License-Identifier: Apache-2.0
// A temperature schedule from C, for the device's evaluation and for sweeps.
#pragma once

#include "gumbelcuda/c/temperature_schedule.h"
#include "gumbelcuda/temperature_schedule.hpp"
#include "host/c_api/answer.hpp"

namespace gumbelcuda::c_api {

static_assert(GUMBELCUDA_SCHEDULE_LINEAR == int(schedule_shape::linear) &&
              GUMBELCUDA_SCHEDULE_EXPONENTIAL == int(schedule_shape::exponential) &&
              GUMBELCUDA_SCHEDULE_COSINE == int(schedule_shape::cosine));

// name: of the schedule, for messages. Only what C++ does not have is checked.
template <class Name>
temperature_schedule schedule_from_c(const gumbelcuda_temperature_schedule& c, const Name& name) {
  temperature_schedule schedule{.shape = schedule_shape(c.shape), .knot_count = c.knot_count};
  static_assert(sizeof c.knots == max_temperature_knots * sizeof c.knots[0]);
  for (int i = 0; i < max_temperature_knots; ++i) {
    const gumbelcuda_temperature_knot& knot = c.knots[i];
    if (knot.reserved != 0)  // building the argument's name would allocate
      check_reserved(knot.reserved, std::string(name) + ".knots[" + std::to_string(i) + "]");
    schedule.knots[i] = {knot.step, knot.temperature};
  }
  return schedule;
}

}  // namespace gumbelcuda::c_api
