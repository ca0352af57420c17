// SPDX-License-Identifier: Apache-2.0
// The kernels of sweeps as the host sees them. This header needs no CUDA, so any compiler can include it.
#pragma once

#include <cstdint>

#include "gumbelcuda/detail/sweep/task.hpp"

namespace gumbelcuda {

// The largest number of classes that the kernels have room for.
inline constexpr int max_kernel_classes = 32;

// What one launch trains; all pointers are device pointers.
struct sweep_launch {
  sweep_task task;
  std::uint64_t num_gans;     // of the task: element [number][gan] of its state is at number·num_gans + gan
  const std::uint32_t* gans;  // the numbers of those that train
  std::uint32_t count;
  float* gradient;  // [parameter of the discriminator][gan]
  std::uint64_t first_step, steps;
};

// What GANs are now: element [i] or [i][class] is that of gans[i].
struct sweep_look {
  sweep_task task;
  std::uint64_t num_gans;
  const std::uint32_t* gans;
  std::uint32_t count;
  float *distribution, *logits, *generator_loss, *discriminator_loss;
  double* total_variation;
};

// Both run on `stream`, a cudaStream_t, and return a cudaError_t at once. Without GANs nothing runs, which is a
// success.
int launch_train_sweep(const sweep_launch& what, void* stream);
int launch_evaluate_sweep(const sweep_look& what, void* stream);

}  // namespace gumbelcuda
