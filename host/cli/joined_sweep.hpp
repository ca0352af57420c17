// SPDX-License-Identifier: Apache-2.0
// The result of a sweep from its checkpoints, in memory, as its settings are.
#pragma once

#include <string>
#include <vector>

#include "gumbelcuda/sweep.hpp"

namespace gumbelcuda {

// Throws invalid_argument and damaged_file as record_index does, and out_of_memory, before there is memory for a
// result.
sweep_result joined_sweep(const std::vector<std::string>& files, const sweep_config& config);

}  // namespace gumbelcuda
