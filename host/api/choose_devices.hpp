// SPDX-License-Identifier: Apache-2.0
// Decides which backend trains, and on which devices.
#pragma once

#include <vector>

#include "gumbelcuda/fleet.hpp"

namespace gumbelcuda {

// The CUDA devices to train on; none: train on the CPU. Throws invalid_argument, or no_device if CUDA is requested but
// missing.
std::vector<cuda_device> choose_devices(const fleet_execution& execution);

// Whether the CPU may train if CUDA cannot.
bool cpu_will_do(const fleet_execution& execution);

}  // namespace gumbelcuda
