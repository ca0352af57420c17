// SPDX-License-Identifier: Apache-2.0
// The temperature of a training step. What operations do: gumbelcuda/temperature_schedule.hpp;
// handles, errors and conventions: gumbelcuda.h, which includes this file.
#pragma once

#include "gumbelcuda/gumbelcuda.h"

#ifdef __cplusplus
extern "C" {
#endif

// How the temperature goes from one knot, a, to the next, b, at t = (step − a.step)/(b.step − a.step): a·(1 − t) + b·t;
// a·(b/a)^t; b + (a − b)·(1 + cos(pi·t))/2.
enum { GUMBELCUDA_SCHEDULE_LINEAR = 0, GUMBELCUDA_SCHEDULE_EXPONENTIAL = 1, GUMBELCUDA_SCHEDULE_COSINE = 2 };

typedef struct gumbelcuda_temperature_knot {
  uint64_t step;
  float temperature;  // 0 or more and finite; above 0 where the schedule is exponential
  uint32_t reserved;  // 0
} gumbelcuda_temperature_knot;
typedef struct gumbelcuda_temperature_schedule {
  int32_t shape;                         // GUMBELCUDA_SCHEDULE_LINEAR, …
  int32_t knot_count;                    // in [1, 8]
  gumbelcuda_temperature_knot knots[8];  // steps rise
} gumbelcuda_temperature_schedule;

// *device_temperature = the schedule's temperature at *device_step, in the order of the handle's stream, for the
// operations that read a temperature: a step of training without the host waiting for the device, in a CUDA graph, too.
// Before the first knot and from the last one on it is that knot's. Draws nothing, and leaves the handle's offset where
// it is.
typedef struct gumbelcuda_evaluate_schedule_args {
  size_t struct_size;
  gumbelcuda_temperature_schedule schedule;
  const uint64_t* device_step;  // both where the backend can use them
  float* device_temperature;
} gumbelcuda_evaluate_schedule_args;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_evaluate_schedule(gumbelcuda_handle* handle,
                                                              const gumbelcuda_evaluate_schedule_args* args);

#ifdef __cplusplus
}
#endif
