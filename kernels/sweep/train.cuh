// SPDX-License-Identifier: Apache-2.0
// A thread trains a GAN of a sweep. Its parameters and moments stay in global memory, where those of neighbouring
// threads lie next to each other: a perceptron has more of them than a thread has registers.
#pragma once

#include "gumbelcuda/detail/gan/step.hpp"
#include "gumbelcuda/detail/sweep/evaluation.hpp"
#include "gumbelcuda/detail/sweep/lane_noise.hpp"
#include "gumbelcuda/detail/sweep/sweep_gan.hpp"
#include "kernels/simt.cuh"
#include "kernels/sweep/train.hpp"

namespace gumbelcuda {

inline constexpr unsigned sweep_block = 64;  // threads

template <class Classes>
__global__ void __launch_bounds__(sweep_block) train_sweep_kernel(sweep_launch what) {
  const unsigned i = blockIdx.x * sweep_block + threadIdx.x;
  if (i >= what.count) return;
  const std::uint32_t number = what.gans[i];
  const sweep_gan_settings& settings = what.task.gans[number];
  const strided<float> state(what.task.state + number, what.num_gans), gradient(what.gradient + number, what.num_gans);
  const scalar_noise noise{{settings.seed, settings.row}};
  sweep_gan<float, strided<float>, scalar_noise, Classes> gan(what.task, &number, Classes{what.task.shape.classes},
                                                              state, gradient, gradient, noise);
  if (what.first_step == 0) gan.start();
  std::uint64_t diverged = what.task.diverged_step[number];
  for (std::uint64_t step = what.first_step; step < what.first_step + what.steps; ++step) {
    gan.step(step, never_stopped{});
    bool finite;
    gan.store_finite(&finite);
    if (!finite && diverged == 0) diverged = step + 1;
  }
  what.task.diverged_step[number] = diverged;
  gan.store_powers(0, what.task.powers + std::uint64_t(number) * 4);
}

template <class Classes>
__global__ void __launch_bounds__(sweep_block) evaluate_sweep_kernel(sweep_look what) {
  const unsigned i = blockIdx.x * sweep_block + threadIdx.x;
  if (i >= what.count) return;
  const std::uint32_t number = what.gans[i];
  const std::uint64_t row = std::uint64_t(i) * unsigned(what.task.shape.classes);
  sweep_evaluation now{what.distribution + row, what.logits + row, 0, 0, 0};
  evaluate_gan<capacity<Classes>::classes>(what.task, what.task.gans[number].target,
                                           strided<float>(what.task.state + number, what.num_gans), now);
  what.total_variation[i] = now.total_variation;
  what.generator_loss[i] = now.generator_loss;
  what.discriminator_loss[i] = now.discriminator_loss;
}

template <class What>
launch_shape sweep_launch_shape(const What& what) {
  return {dim3((what.count + sweep_block - 1) / sweep_block), dim3(sweep_block)};
}

}  // namespace gumbelcuda
