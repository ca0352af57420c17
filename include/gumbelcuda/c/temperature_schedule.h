// SPDX-License-Identifier: Apache-2.0
// The temperature of a training step. What the operations do: gumbelcuda/temperature_schedule.hpp. Handles, errors and
// conventions: gumbelcuda.h, which includes this file.
#pragma once

#include "gumbelcuda/gumbelcuda.h"

#ifdef __cplusplus
extern "C" {
#endif

// How the temperature goes from one knot, a, to the next, b, at t = (step − a.step)/(b.step − a.step). Linear:
// a·(1 − t) + b·t. Exponential: a·(b/a)^t. Cosine: b + (a − b)·(1 + cos(pi·t))/2.
enum { GUMBELCUDA_SCHEDULE_LINEAR = 0, GUMBELCUDA_SCHEDULE_EXPONENTIAL = 1, GUMBELCUDA_SCHEDULE_COSINE = 2 };

typedef struct gumbelcuda_temperature_knot {
  uint64_t step;
  float temperature;  // 0 or more and finite; above 0 if the schedule is exponential
  uint32_t reserved;  // must be 0
} gumbelcuda_temperature_knot;
typedef struct gumbelcuda_temperature_schedule {
  int32_t shape;                         // GUMBELCUDA_SCHEDULE_LINEAR, …
  int32_t knot_count;                    // in [1, 8]
  gumbelcuda_temperature_knot knots[8];  // each step is above the one before
} gumbelcuda_temperature_schedule;

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
