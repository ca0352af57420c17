// SPDX-License-Identifier: Apache-2.0
// The types that fleet.h, sweep.h and temperature_schedule.h have in common: schedules, arrays of settings, where
// training runs. gumbelcuda.h includes those.
#pragma once

#include <stddef.h>
#include <stdint.h>

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

// data[0 … count). With count 0 and data NULL a setting has its default.
typedef struct gumbelcuda_float32_array {
  const float* data;
  size_t count;
} gumbelcuda_float32_array;
typedef struct gumbelcuda_float64_array {
  const double* data;
  size_t count;
} gumbelcuda_float64_array;
typedef struct gumbelcuda_int32_array {
  const int32_t* data;
  size_t count;
} gumbelcuda_int32_array;
typedef struct gumbelcuda_int64_array {
  const int64_t* data;
  size_t count;
} gumbelcuda_int64_array;
typedef struct gumbelcuda_uint64_array {
  const uint64_t* data;
  size_t count;
} gumbelcuda_uint64_array;
typedef struct gumbelcuda_uint32_array {
  const uint32_t* data;
  size_t count;
} gumbelcuda_uint32_array;
typedef struct gumbelcuda_schedule_array {
  const gumbelcuda_temperature_schedule* data;
  size_t count;
} gumbelcuda_schedule_array;

// As backend of a training, besides GUMBELCUDA_CPU and GUMBELCUDA_CUDA: CUDA if this build has it and the machine has a
// device for it, otherwise the CPU.
enum { GUMBELCUDA_AUTOMATIC = 0 };

// Where training runs, who hears of it, and who stops it.
typedef struct gumbelcuda_training_execution {
  size_t struct_size;
  int32_t backend;                 // GUMBELCUDA_AUTOMATIC, …
  int32_t threads;                 // of the CPU, 1 … 4096; 0 for as many as the process may use
  const char* cpu_target;          // a name from gumbelcuda_cpu_target() forces that instruction set; NULL: the best
  gumbelcuda_int32_array devices;  // CUDA devices among which the GANs are divided evenly; none: the first one
  // A signal handler or another thread sets *stop to another number than 0 to stop training within a fraction of a
  // second. NULL: nobody does.
  const volatile int* stop;
  // Called from time to time, at most every 0.1 s, by the thread that trains, with `context`; of `total` GAN-epochs,
  // `done` are done. Training stops if it returns another number than 0. NULL: nothing is called.
  int (*on_progress)(void* context, uint64_t done, uint64_t total);
  void* context;
} gumbelcuda_training_execution;

#ifdef __cplusplus
}
#endif
