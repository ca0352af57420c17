// SPDX-License-Identifier: Apache-2.0
// What one launch of the fleet's kernel trains: plain data, with pointers that the kernel can follow. kernels/ neither
// allocates nor copies; who calls it does.
#pragma once

#include <cstdint>

#include "gumbelcuda/detail/gan/result.hpp"

namespace gumbelcuda {

struct fleet_slice {
  int classes, batch_size, generator_steps;
  std::uint64_t steps_per_epoch, epochs;
  std::uint64_t seed, first_row, num_gans;  // GAN i's row is first_row + i

  const float* target;                          // [class]
  const std::uint32_t *first_word, *last_word;  // [class], see class_words
  const float* corrections;                     // see adam_corrections
  std::uint64_t num_corrections;

  // Element i·stride is GAN i's; stride 0: one value for all.
  const float *temperature, *generator_rate, *discriminator_rate;
  std::uint64_t temperature_stride, generator_rate_stride, discriminator_rate_stride;

  // Multiprocessors of the device, 0: unknown. How many threads train one GAN may depend on it: a matter of speed, not
  // of results.
  int multiprocessors;

  // Whether temperatures are small enough for the race to be worth while: a matter of speed, not of results.
  bool racing;

  // Steps [first_step, last_step) of the training. Between launches a GAN's parameters and moments lie in `state`,
  // [parameter][gan]; after the last step its results are written.
  std::uint64_t first_step, last_step;
  float* state;
  gan_results results;
  // [gan][epoch][class] of the GANs below history_gans.
  float* history;
  std::uint64_t history_gans;
};

// Floats of `state` for each GAN: three a parameter, K logits, K weights and a bias.
inline constexpr std::uint64_t fleet_state_size(int classes) { return 3 * (2 * std::uint64_t(classes) + 1); }

}  // namespace gumbelcuda
