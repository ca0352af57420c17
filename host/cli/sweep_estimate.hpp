// SPDX-License-Identifier: Apache-2.0
// How long a sweep will take, from a short run of some of its GANs.
#pragma once

#include <cstdint>
#include <string>

#include "gumbelcuda/sweep.hpp"

namespace gumbelcuda {

struct sweep_estimate {
  double seconds = 0;             // if no GAN stops early
  std::string backend, hardware;  // that it was measured on
  int threads = 0;
};

// `count` of the sweep's GANs, evenly spread over it, for one epoch of `steps` steps.
sweep_config sampled_sweep(const sweep_config& config, std::uint64_t count, std::int64_t steps);

// Takes a fraction of a second, unless a single step of a single GAN takes longer. Throws what train_sweep throws.
sweep_estimate estimate_sweep(const sweep_config& config, const fleet_execution& execution);

}  // namespace gumbelcuda
