// SPDX-License-Identifier: Apache-2.0
// What a backend trains for a sweep: the GANs of one shape, as plain data with pointers that the backend can follow. It
// is in no instruction set's namespace, since it is passed from one to another.
#pragma once

#include <cstdint>

#include "gumbelcuda/detail/sweep/sizes.hpp"
#include "gumbelcuda/temperature_schedule.hpp"

namespace gumbelcuda {

// What one GAN has of its own.
struct sweep_gan_settings {
  std::uint64_t seed, row;
  double beta_1, beta_2;
  float generator_rate, discriminator_rate, epsilon, weight_clip, gradient_penalty, smoothing_amount;
  std::uint32_t target, initial_logits, temperature;  // numbers in the tables below
};

// Element [gan] is GAN number `gan` of those that train together. The three amounts in shape.problem only say whether
// there is one (1) or none (0): GANs of one shape differ in them.
struct sweep_task {
  sweep_sizes shape;
  std::uint64_t steps_per_epoch;
  const sweep_gan_settings* gans;
  const std::uint32_t *first_word, *last_word;  // [target][class], see class_words
  const double* probabilities;                  // [target][class]
  const float* initial_logits;                  // [row][class]
  const temperature_schedule* temperatures;
  const std::uint32_t* data;  // null: samples of the target
  std::uint64_t data_count;
  data_order order;

  float* state;                  // [gan][state_numbers()]
  double* powers;                // [gan][4]: β₁ᵗ and β₂ᵗ of the generator, then of the discriminator
  std::uint64_t* diverged_step;  // the number of steps after which it had diverged; 0: it has not
};

// What a GAN is after an epoch.
struct sweep_evaluation {
  float *distribution, *logits;  // [class]
  double total_variation;
  float generator_loss, discriminator_loss;
  float nonzero_gradients = 0, gradient_variance = 0;  // see sweep_result
};

}  // namespace gumbelcuda
