// SPDX-License-Identifier: Apache-2.0
// What a backend trains: plain data, the same for all backends, with pointers that the backend can follow. Each backend
// adds what it alone needs. It is in no instruction set's namespace, since it is passed from one to another.
#pragma once

#include <cstdint>

#include "gumbelcuda/config.hpp"

namespace gumbelcuda {

// Element i·stride is the value of GAN i; stride 0 means one value for all.
struct per_gan {
  const float* values;
  std::uint64_t stride;
};

// The results of training a fleet, GAN by GAN: [gan][class]; the last three are [gan].
struct gan_results {
  float *distribution, *logits, *weights, *bias, *generator_loss, *discriminator_loss;
};

struct training_task {
  int classes, batch_size, generator_steps;
  std::uint64_t steps_per_epoch, epochs;
  std::uint64_t seed, first_row, num_gans;  // GAN i draws from row first_row + i

  const float* target;                          // [class]
  const std::uint32_t *first_word, *last_word;  // [class], see class_words
  const float* corrections;                     // see adam_corrections
  std::uint64_t num_corrections;

  per_gan temperature, generator_rate, discriminator_rate;

  gan_results results;
  // [gan][epoch][class] for the first history_gans GANs.
  float* history;
  std::uint64_t history_gans;
};

}  // namespace gumbelcuda

GUMBELCUDA_MATH_BEGIN

GUMBELCUDA_INLINE float value_of(const per_gan& values, std::uint64_t gan) {
  return values.values[gan * values.stride];
}

GUMBELCUDA_MATH_END
