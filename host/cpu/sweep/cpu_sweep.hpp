// SPDX-License-Identifier: Apache-2.0
// Sweeps on the CPU.
#pragma once

#include "gumbelcuda/sweep.hpp"
#include "host/cpu/training_state.hpp"

namespace gumbelcuda {

// `config` has been validated; `result` has its final sizes. Trains the GANs that have not ended, marks them, fills in
// their results, the backend and the target.
void train_sweep_on_cpu(const sweep_config& config, const fleet_execution& execution, training_state& state,
                        sweep_result& result);

}  // namespace gumbelcuda
