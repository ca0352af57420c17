// SPDX-License-Identifier: Apache-2.0
// What one launch of the fleet's kernel trains: plain data, with pointers that the kernel can access. kernels/ neither
// allocates nor copies; its callers do.
#pragma once

#include <cstdint>

#include "gumbelcuda/detail/gan/parameters.hpp"
#include "gumbelcuda/detail/gan/training_task.hpp"

namespace gumbelcuda {

struct fleet_slice : training_task {
  // Multiprocessors of the device; 0: unknown. How many threads train one GAN may depend on it, which affects speed,
  // not results.
  int multiprocessors;

  // Whether temperatures are so small that the race is worthwhile. Affects speed, not results.
  bool racing;

  // Steps [first_step, last_step) of the training. Between launches a GAN's parameters and moments are in `state`,
  // [number][gan], see parameters.hpp. The last step of the training writes its results.
  std::uint64_t first_step, last_step;
  float* state;
};

}  // namespace gumbelcuda
