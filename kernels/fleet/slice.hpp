// SPDX-License-Identifier: Apache-2.0
// What one launch of the fleet's kernel trains: plain data, with pointers that the kernel can follow. kernels/ neither
// allocates nor copies; who calls it does.
#pragma once

#include <cstdint>

#include "gumbelcuda/detail/gan/training_task.hpp"

namespace gumbelcuda {

struct fleet_slice : training_task {
  // Multiprocessors of the device, 0: unknown. How many threads train one GAN may depend on it: a matter of speed, not
  // of results.
  int multiprocessors;

  // Whether temperatures are small enough for the race to be worth while: a matter of speed, not of results.
  bool racing;

  // Steps [first_step, last_step) of the training. Between launches a GAN's parameters and moments lie in `state`,
  // [parameter][gan]; after the last step its results are written.
  std::uint64_t first_step, last_step;
  float* state;
};

// Floats of `state` for each GAN: three a parameter, K logits, K weights and a bias.
inline constexpr std::uint64_t fleet_state_size(int classes) { return 3 * (2 * std::uint64_t(classes) + 1); }

}  // namespace gumbelcuda
