// SPDX-License-Identifier: Apache-2.0
// What an instruction set does for sweeps: plain data and function pointers, since host/cpu/targets/ must not share
// inline functions with the rest of the program.
#pragma once

#include <cstddef>
#include <cstdint>

#include "gumbelcuda/detail/sweep/task.hpp"

namespace gumbelcuda {

struct cpu_sweep_functions {
  // The 64-byte aligned scratch memory that train() needs, in bytes.
  std::size_t (*workspace_bytes)(const sweep_task& task);
  // Trains `count` GANs, one in each element of a vector, for steps first_step … first_step + steps − 1; from step 0 on
  // it starts them. A diverged GAN is marked. Returns the number of steps after which the task has their states: fewer
  // if stopped(context), called before each step and within long ones, returned true.
  std::uint64_t (*train)(const sweep_task& task, const std::uint32_t* gans, int count, std::uint64_t first_step,
                         std::uint64_t steps, bool (*stopped)(void* context), void* context, void* workspace);
  // What a GAN is now.
  void (*evaluate)(const sweep_task& task, std::uint32_t gan, sweep_evaluation& evaluation);
  // Fills in the gradients of an evaluation from so many samples. `state`: the GAN's numbers, `stride` apart; its
  // parameters are read. `step`: how many updates of the discriminator there have been.
  void (*look_at_gradients)(const sweep_task& task, std::uint32_t gan, float* state, std::uint64_t stride, int samples,
                            std::uint64_t step, sweep_evaluation& evaluation);
};

}  // namespace gumbelcuda
