// SPDX-License-Identifier: Apache-2.0
// Training, one GAN a thread: load, loop over gan/step.hpp, store. Parameters and moments stay in registers, where they
// fit, from the first step of a launch to its last; memory is touched at both ends and once an epoch of a GAN whose history is kept.
#pragma once

#include "gumbelcuda/gan/step.hpp"
#include "kernels/fleet_slice.hpp"
#include "kernels/simt.cuh"

namespace gumbelcuda {

// Four blocks on a multiprocessor leave a thread 128 registers, which hold the article's GAN without spilling.
inline constexpr int train_fleet_block = 128, train_fleet_blocks = 4;

namespace detail {

// Calls move(row, value) for every parameter and moment of a GAN, in the order of fleet_slice::state.
template <class State, class Classes, class Move>
GUMBELCUDA_INLINE void for_each_parameter(State& gan, Classes classes, Move move) {
  std::uint64_t row = 0;
  const auto move_all = [&](float* values, auto count) {
    GUMBELCUDA_UNROLL
    for (int k = 0; k < count; ++k) move(row++, values[k]);
  };
  move_all(gan.logits, classes);
  move_all(gan.logits_m, classes);
  move_all(gan.logits_v, classes);
  move_all(gan.weights, plus_one(classes));
  move_all(gan.weights_m, plus_one(classes));
  move_all(gan.weights_v, plus_one(classes));
}

}  // namespace detail

// Gan: direct_gan or racing_gan of float and stream_row, for these Classes and Batch.
template <class Gan, class Classes, class Batch>
__global__ void __launch_bounds__(train_fleet_block, train_fleet_blocks)
    train_fleet_kernel(fleet_slice slice, Classes classes, Batch batch) {
  const std::uint64_t gan_index = std::uint64_t(blockIdx.x) * blockDim.x + threadIdx.x;
  if (gan_index >= slice.num_gans) return;

  const gan_hyperparameters<float> hyper{slice.generator_rate[gan_index * slice.generator_rate_stride],
                                         slice.discriminator_rate[gan_index * slice.discriminator_rate_stride],
                                         slice.temperature[gan_index * slice.temperature_stride]};
  Gan gan(gan_shape<Classes, Batch>{classes, batch, slice.generator_steps},
          stream_row{slice.seed, slice.first_row + gan_index}, class_words{slice.first_word, slice.last_word}, hyper);
  float* const state = slice.state + gan_index;
  if (slice.first_step == 0)
    gan.start();
  else
    detail::for_each_parameter(gan.state(), classes,
                               [&](std::uint64_t row, float& value) { value = state[row * slice.num_gans]; });

  const adam_corrections corrections{slice.corrections, slice.num_corrections};
  std::uint64_t until_record = slice.steps_per_epoch - slice.first_step % slice.steps_per_epoch;
  std::uint64_t epoch = slice.first_step / slice.steps_per_epoch;
  for (std::uint64_t step = slice.first_step; step < slice.last_step; ++step) {
    train_step(gan, step, slice.generator_steps, corrections);
    if (--until_record > 0) continue;
    until_record = slice.steps_per_epoch;
    if (gan_index < slice.history_gans)
      write_distribution(gan.state().logits,
                         slice.history + (gan_index * slice.epochs + epoch) * std::uint64_t(int(classes)), classes);
    ++epoch;
  }

  if (slice.last_step == slice.epochs * slice.steps_per_epoch)
    write_results(slice.results, gan_index, gan.state().logits, gan.state().weights, slice.target, classes);
  else
    detail::for_each_parameter(gan.state(), classes,
                               [&](std::uint64_t row, float& value) { state[row * slice.num_gans] = value; });
}

}  // namespace gumbelcuda
