// SPDX-License-Identifier: Apache-2.0
// τ of a step, evaluated where the step counter and the temperature lie, so that gumbel_softmax reads a temperature
// that changes from step to step without the host waiting for the device, in a CUDA graph too. Arguments, errors and
// backends: as in sampling.hpp.
#pragma once

#include "gumbelcuda/rows/temperature_schedule.hpp"
#include "gumbelcuda/sampling.hpp"

namespace gumbelcuda {

// *device_temperature = temperature(schedule, *device_step), in the order of the stream. On a device both are the
// device's.
GUMBELCUDA_API void evaluate_schedule(const temperature_schedule& schedule, const std::uint64_t* device_step,
                                      float* device_temperature, const row_execution& execution = {});

}  // namespace gumbelcuda
