// SPDX-License-Identifier: Apache-2.0
// The training kernel: load, loop over detail/gan/step.hpp, store. If parameters and moments fit, they stay in
// registers from the first step of a launch to its last. Memory is accessed at both ends, and once per epoch for a GAN
// whose history is recorded.
#pragma once

#include "gumbelcuda/detail/gan/parameters.hpp"
#include "gumbelcuda/detail/gan/result.hpp"
#include "gumbelcuda/detail/gan/step.hpp"
#include "kernels/fleet/group_memory.hpp"
#include "kernels/fleet/mapping.cuh"
#include "kernels/fleet/slice.hpp"

namespace gumbelcuda {

template <class Mapping>
__global__ void __launch_bounds__(train_fleet_block, train_fleet_blocks)
    train_fleet_kernel(fleet_slice slice, Mapping mapping) {
  const std::uint64_t thread = std::uint64_t(blockIdx.x) * blockDim.x + threadIdx.x,
                      lanes = unsigned(int(mapping.lanes()));
  if (thread / Mapping::together * Mapping::together / lanes >= slice.num_gans) return;
  // Threads that must stay together but have no GAN also train the last GAN, and store nothing.
  const std::uint64_t own = thread / lanes;
  const bool present = own < slice.num_gans;
  const std::uint64_t gan_index = present ? own : slice.num_gans - 1;

  auto gan = mapping.gan({slice.generator_steps,
                          {slice.seed, slice.first_row + gan_index},
                          {slice.first_word, slice.last_word},
                          {value_of(slice.generator_rate, gan_index), value_of(slice.discriminator_rate, gan_index),
                           value_of(slice.temperature, gan_index)}});
  const auto row = mapping.row();
  float* const state = slice.state + gan_index;
  if (slice.first_step == 0)
    gan.start();
  else
    for_each_parameter(gan.state(), row,
                       [&](std::uint64_t number, float& value, int) { value = state[number * slice.num_gans]; });

  const adam_corrections corrections{slice.corrections, slice.num_corrections};
  std::uint64_t until_record = slice.steps_per_epoch - slice.first_step % slice.steps_per_epoch;
  std::uint64_t epoch = slice.first_step / slice.steps_per_epoch;
  for (std::uint64_t step = slice.first_step; step < slice.last_step; ++step) {
    train_step(gan, step, slice.generator_steps, corrections);
    if (--until_record > 0) continue;
    until_record = slice.steps_per_epoch;
    const auto learned = mapping.results(gan);
    if (gan_index < slice.history_gans && present && learned.write)
      write_distribution(learned.logits,
                         slice.history + (gan_index * slice.epochs + epoch) * std::uint64_t(row_length(learned.row)),
                         learned.row);
    ++epoch;
  }

  if (slice.last_step == slice.epochs * slice.steps_per_epoch) {
    const auto learned = mapping.results(gan);
    if (present && learned.write)
      write_results(slice.results, gan_index, learned.logits, learned.weights, slice.target, learned.row);
  } else {
    for_each_parameter(gan.state(), row, [&](std::uint64_t number, float& value, int k) {
      if (present && row_stores(row, k)) state[number * slice.num_gans] = value;
    });
  }
}

}  // namespace gumbelcuda
