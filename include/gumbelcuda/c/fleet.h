// SPDX-License-Identifier: Apache-2.0
// Training a fleet of toy GANs. What is trained, and what all settings mean: gumbelcuda/fleet.hpp. Errors and
// conventions: gumbelcuda.h, which includes this file. Training needs no handle.
//
//   const float temperature[] = {.1f};
//   gumbelcuda_fleet_config config = {.struct_size = sizeof config, .num_gans = 1000, .temperature = {temperature, 1}};
//   gumbelcuda_fleet_result* result;
//   gumbelcuda_fleet_view fleet = {.struct_size = sizeof fleet};
//   if (gumbelcuda_train_fleet(&result, &config, NULL) != GUMBELCUDA_SUCCESS) return 1;
//   gumbelcuda_view_fleet(result, &fleet);
//   printf("%g\n", fleet.distribution[7 * fleet.classes + 3]);  // GAN 7, class 3
//   gumbelcuda_destroy_fleet(result);
//
// The same configuration gives the bytes that it gives in C++.
#pragma once

#include "gumbelcuda/c/training.h"
#include "gumbelcuda/gumbelcuda.h"

#ifdef __cplusplus
extern "C" {
#endif

// A member that is 0 has its default, which is the source article's.
typedef struct gumbelcuda_fleet_config {
  size_t struct_size;
  uint64_t num_gans;                // ≥ 1; no default
  gumbelcuda_float64_array target;  // probabilities of 2 to 1024 classes, their sum 1; default: 0, 0, .1, .3, .6
  int64_t epochs, steps_per_epoch;  // ≥ 1; default: 200, 100
  int64_t batch_size;               // 1 … 4096 samples per update; default: 10
  int64_t generator_steps;          // 1 … 1000 generator updates after each discriminator update; default: 10
  // One value for all GANs, or one for each. Temperatures: ≥ 0, finite; default: 1e-3. Learning rates: > 0, finite;
  // default: 7e-4.
  gumbelcuda_float32_array temperature;
  gumbelcuda_float32_array generator_learning_rate, discriminator_learning_rate;
  const uint64_t* seed;   // one; NULL means 42
  uint64_t first_gan;     // GAN i draws from row first_gan + i of the seed's noise stream
  uint64_t history_gans;  // the first so many GANs store their distribution after every epoch
} gumbelcuda_fleet_config;

// *bytes = how many bytes the result takes; the largest number of its type if it is more than that. This fails for a
// configuration that would not be trained on any machine, with the message of gumbelcuda_train_fleet.
GUMBELCUDA_API gumbelcuda_status gumbelcuda_fleet_bytes(const gumbelcuda_fleet_config* config, uint64_t* bytes);

// Trains a fleet. execution may be NULL: automatic. If the call fails, *result is NULL. It is GUMBELCUDA_INTERRUPTED if
// training was stopped.
typedef struct gumbelcuda_fleet_result gumbelcuda_fleet_result;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_train_fleet(gumbelcuda_fleet_result** result,
                                                        const gumbelcuda_fleet_config* config,
                                                        const gumbelcuda_training_execution* execution);
// Does nothing if result is NULL.
GUMBELCUDA_API void gumbelcuda_destroy_fleet(gumbelcuda_fleet_result* result);

// What is in a result, valid until that is destroyed. Classes lie next to each other: element [gan][class] is at
// gan·classes + class.
typedef struct gumbelcuda_fleet_view {
  size_t struct_size;  // set by the caller
  uint64_t num_gans, classes, history_gans, epochs;
  const float* distribution;                         // [gan][class], softmax(logits)
  const float* logits;                               // [gan][class]
  const float* weights;                              // [gan][class], the discriminator's
  const float* bias;                                 // [gan]
  const float *generator_loss, *discriminator_loss;  // [gan], expected for one-hot samples at the final parameters
  const float* history;                              // [history_gan][epoch][class]; NULL without history
  const char* backend;                               // what trained the fleet, "cpu" or "cuda"
  const char* target;                                // its instruction set, "avx2", or its device
  uint64_t threads;                                  // its threads; under CUDA one per device
  double seconds;                                    // of training
  uint64_t first_gan;                                // as in the configuration; of a shard, the number of its first GAN
} gumbelcuda_fleet_view;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_view_fleet(const gumbelcuda_fleet_result* result,
                                                       gumbelcuda_fleet_view* view);

// The instruction sets that this machine can run, best first: number i, or NULL if there are not so many. The names
// live as long as the library.
GUMBELCUDA_API const char* gumbelcuda_cpu_target(size_t i);
// The number of CPU threads that training uses by default: the processors that this process may use; 0 if that cannot
// be found out.
GUMBELCUDA_API int gumbelcuda_default_threads(void);

#ifdef __cplusplus
}
#endif
