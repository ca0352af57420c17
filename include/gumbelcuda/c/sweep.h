// SPDX-License-Identifier: Apache-2.0
// Training many toy GANs that differ. What is trained, and what all settings mean: gumbelcuda/sweep.hpp and
// gumbelcuda/gan_problem.hpp. Errors and conventions: gumbelcuda.h, which includes this file. Training needs no handle.
//
//   const float rates[] = {1e-4f, 1e-3f, 1e-2f};
//   gumbelcuda_sweep_config config = {.struct_size = sizeof config, .num_gans = 3};
//   config.generator_learning_rate = (gumbelcuda_float32_array){rates, 3};
//   gumbelcuda_train_sweep(&result, &config, NULL);
//
// The same configuration gives the bytes that it gives in C++.
#pragma once

#include "gumbelcuda/c/training.h"
#include "gumbelcuda/gumbelcuda.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { GUMBELCUDA_ACTIVATION_LEAKY_RELU = 0, GUMBELCUDA_ACTIVATION_TANH = 1 };
enum { GUMBELCUDA_INITIALIZER_GLOROT_UNIFORM = 0, GUMBELCUDA_INITIALIZER_HE_UNIFORM = 1 };
enum {
  GUMBELCUDA_LOSS_NON_SATURATING = 0,
  GUMBELCUDA_LOSS_SATURATING = 1,
  GUMBELCUDA_LOSS_HINGE = 2,
  GUMBELCUDA_LOSS_WASSERSTEIN = 3
};
enum {
  GUMBELCUDA_ESTIMATOR_RELAXED = 0,
  GUMBELCUDA_ESTIMATOR_STRAIGHT_THROUGH = 1,
  GUMBELCUDA_ESTIMATOR_GUMBEL_RAO = 2,
  GUMBELCUDA_ESTIMATOR_SCORE_FUNCTION = 3
};
enum {
  GUMBELCUDA_OPTIMIZER_ADAM = 0,
  GUMBELCUDA_OPTIMIZER_ADAM_PYTORCH = 1,
  GUMBELCUDA_OPTIMIZER_SGD = 2,
  GUMBELCUDA_OPTIMIZER_RMSPROP = 3
};
enum {
  GUMBELCUDA_SMOOTHING_NONE = 0,
  GUMBELCUDA_SMOOTHING_GUMBEL_SOFTMAX = 1,
  GUMBELCUDA_SMOOTHING_LABEL = 2,
  GUMBELCUDA_SMOOTHING_NORMAL = 3
};
enum { GUMBELCUDA_DATA_ORDER_FILE = 0, GUMBELCUDA_DATA_ORDER_SHUFFLED = 1, GUMBELCUDA_DATA_ORDER_IID = 2 };

// What a GAN trains with. All members 0 are the source article's GAN.
typedef struct gumbelcuda_gan_problem {
  int32_t hidden_layers;    // 0 to 3; 0: logistic regression
  int32_t hidden_width[3];  // 1 to 64 each
  int32_t activation;       // GUMBELCUDA_ACTIVATION_LEAKY_RELU, …
  int32_t initializer;      // GUMBELCUDA_INITIALIZER_GLOROT_UNIFORM, …
  int32_t loss;             // GUMBELCUDA_LOSS_NON_SATURATING, …
  float weight_clip;        // ≥ 0, finite; 0: none
  float gradient_penalty;   // ≥ 0, finite; 0: none
  int32_t estimator;        // GUMBELCUDA_ESTIMATOR_RELAXED, …
  int32_t inner_samples;    // of gumbel_rao, 1 to 64; 0 means 10
  int32_t optimizer;        // GUMBELCUDA_OPTIMIZER_ADAM, …
  int32_t smoothing;        // GUMBELCUDA_SMOOTHING_NONE, …
  float smoothing_amount;   // label: 0 to 1; normal: ≥ 0, finite
  uint32_t reserved[2];     // must be 0
} gumbelcuda_gan_problem;

typedef struct gumbelcuda_gan_problem_array {
  const gumbelcuda_gan_problem* data;
  size_t count;
} gumbelcuda_gan_problem_array;
// Rows of different lengths, one after another: row i has length[i] numbers. There are `count` rows.
typedef struct gumbelcuda_float32_ragged {
  const float* data;
  const int32_t* length;
  size_t count;
} gumbelcuda_float32_ragged;
typedef struct gumbelcuda_float64_ragged {
  const double* data;
  const int32_t* length;
  size_t count;
} gumbelcuda_float64_ragged;

// Arrays have one value for all GANs, or one for each; data are for all. A member that is 0 has its default, which is
// the source article's.
typedef struct gumbelcuda_sweep_config {
  size_t struct_size;
  uint64_t num_gans;                 // 1 … 2^32; no default
  gumbelcuda_float64_ragged target;  // a row of probabilities of 2 to 1024 classes; default: 0, 0, .1, .3, .6
  // Instead of samples of `target`: what all GANs learn from, classes 0 … K − 1. `target` must then be one row, the
  // classes' shares of the data.
  gumbelcuda_uint32_array data;
  int32_t order;  // of the data: GUMBELCUDA_DATA_ORDER_FILE, …
  // 0, or 2 … 4096: samples of the generator's gradient at a GAN's end, for nonzero_gradients and gradient_variance.
  int32_t gradient_samples;
  gumbelcuda_gan_problem_array problem;
  gumbelcuda_uint64_array seed;                                                   // default: 42
  uint64_t first_gan;                                                             // as in gumbelcuda_fleet_config
  gumbelcuda_float32_array generator_learning_rate, discriminator_learning_rate;  // > 0, finite; default: 7e-4
  gumbelcuda_float64_array beta_1, beta_2;                                        // in [0, 1); default: .9, .999
  gumbelcuda_float32_array epsilon;                                               // > 0, finite; default: 1e-8
  gumbelcuda_schedule_array temperature;   // by discriminator updates; default: constant, 1e-3
  gumbelcuda_int32_array batch_size;       // 1 … 4096; default: 10
  gumbelcuda_int32_array generator_steps;  // 1 … 1000; default: 10
  gumbelcuda_int64_array epochs;           // ≥ 1; default: 200
  int64_t steps_per_epoch;                 // ≥ 1; default: 100
  // A row with a number for each of a GAN's classes, finite; an empty row means 1 for all, the default.
  gumbelcuda_float32_ragged initial_logits;
  // One number, 0 … 1: a GAN stops after the first epoch at whose end its total variation to the target is at most
  // this. NULL: none stops early.
  const double* until_total_variation;
  uint64_t history_gans;  // the first so many GANs keep what they were after every epoch
} gumbelcuda_sweep_config;

// As gumbelcuda_fleet_bytes and gumbelcuda_train_fleet.
GUMBELCUDA_API gumbelcuda_status gumbelcuda_sweep_bytes(const gumbelcuda_sweep_config* config, uint64_t* bytes);
typedef struct gumbelcuda_sweep_result gumbelcuda_sweep_result;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_train_sweep(gumbelcuda_sweep_result** result,
                                                        const gumbelcuda_sweep_config* config,
                                                        const gumbelcuda_training_execution* execution);
// Does nothing if result is NULL.
GUMBELCUDA_API void gumbelcuda_destroy_sweep(gumbelcuda_sweep_result* result);

// Why a GAN stopped: all its epochs are done; see until_total_variation; a parameter was NaN or infinite.
enum { GUMBELCUDA_GAN_END = 0, GUMBELCUDA_GAN_CONVERGED = 1, GUMBELCUDA_GAN_DIVERGED = 2 };

// What is in a result, valid until that is destroyed. C = most_classes, E = most_epochs, H = history_gans. Where a GAN
// has fewer classes, the rest of its row is 0. Arrays without elements are NULL.
typedef struct gumbelcuda_sweep_view {
  size_t struct_size;  // set by the caller
  uint64_t num_gans, most_classes, most_epochs, history_gans;
  const int32_t* classes;         // [gan]
  const float* distribution;      // [gan][C], softmax(logits)
  const float* logits;            // [gan][C]
  const uint8_t* outcome;         // [gan] GUMBELCUDA_GAN_END, …
  const int64_t *epochs, *steps;  // [gan] epochs and discriminator updates that it trained
  // [gan]; NaN where it has diverged.
  const float *total_variation, *generator_loss, *discriminator_loss;
  // [gan], with gradient_samples: of single samples' gradients with respect to the logits, the share that is not
  // exactly 0, and the variance.
  const float *nonzero_gradients, *gradient_variance;
  const float* history;                                                                        // [H][E][C]
  const float *history_total_variation, *history_generator_loss, *history_discriminator_loss;  // [H][E]
  const char *backend, *target;  // these three as in gumbelcuda_fleet_view
  uint64_t threads;
  double seconds;
  double lanes_busy;   // the share of a vector's elements that trained a GAN; 1 where there are no vectors
  uint64_t first_gan;  // as in gumbelcuda_fleet_view
} gumbelcuda_sweep_view;
GUMBELCUDA_API gumbelcuda_status gumbelcuda_view_sweep(const gumbelcuda_sweep_result* result,
                                                       gumbelcuda_sweep_view* view);

#ifdef __cplusplus
}
#endif
