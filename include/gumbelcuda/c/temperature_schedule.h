// SPDX-License-Identifier: Apache-2.0
// The temperature of a training step. What the operations do: gumbelcuda/temperature_schedule.hpp. Handles, errors and
// conventions: gumbelcuda.h, which includes this file.
#pragma once

#include "gumbelcuda/c/training.h"
#include "gumbelcuda/gumbelcuda.h"

#ifdef __cplusplus
extern "C" {
#endif

// *device_temperature = the schedule's temperature at *device_step, in the order of the handle's stream, for the
// operations that read a temperature. So the host need not wait for the device between training steps, and a step can
// be part of a CUDA graph. Up to the first knot and from the last one on, the temperature is that knot's. Draws no
// noise: the handle's offset stays.
typedef struct gumbelcuda_evaluate_schedule_args {
  size_t struct_size;
  gumbelcuda_temperature_schedule schedule;
  const uint64_t* device_step;  // the backend must be able to use both pointers
  float* device_temperature;
} gumbelcuda_evaluate_schedule_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_evaluate_schedule(gumbelcuda_handle* handle,
                                                              const gumbelcuda_evaluate_schedule_args* args);

#ifdef __cplusplus
}
#endif
