// SPDX-License-Identifier: Apache-2.0
// The instruction sets that this build has and this processor can run.
#pragma once

#include <string>
#include <vector>

#include "host/cpu/fleet/train_task.hpp"

namespace gumbelcuda {

// The best first; never empty.
std::vector<const cpu_target*> supported_targets();

// The target of this name; an empty name means the best. Throws invalid_argument.
const cpu_target& find_target(const std::string& name);

}  // namespace gumbelcuda
