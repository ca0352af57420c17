// SPDX-License-Identifier: Apache-2.0
// The CPU backend: chooses the instruction set and spreads blocks of GANs over threads.
#pragma once

#include <string>
#include <vector>

#include "gumbelcuda/fleet.hpp"
#include "host/cpu/training_state.hpp"

namespace gumbelcuda {

// `config` has been validated; `result` has its final sizes. Trains the GANs that have not ended, marks them, fills in
// their results, the backend and the target.
void train_fleet_on_cpu(const fleet_config& config, const fleet_execution& execution, training_state& state,
                        fleet_result& result);

// Throws invalid_argument for a number of threads that no call may request.
void check_threads(int threads);
// The number of threads that `execution` requests. Throws invalid_argument.
int cpu_threads(const fleet_execution& execution);

}  // namespace gumbelcuda
