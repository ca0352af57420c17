// SPDX-License-Identifier: Apache-2.0
// Which backend trains, and on which devices.
#pragma once

#include <vector>

#include "gumbelcuda/fleet.hpp"

namespace gumbelcuda {

// The CUDA devices that are to train; none: the CPU is. Throws invalid_argument, and no_device where CUDA was asked for
// and there is none.
std::vector<cuda_device> choose_devices(const fleet_execution& execution);

// Whether the CPU may train where CUDA cannot.
bool cpu_will_do(const fleet_execution& execution);

}  // namespace gumbelcuda
