// SPDX-License-Identifier: Apache-2.0
// Sweeps on the CPU.
#pragma once

#include "gumbelcuda/sweep.hpp"

namespace gumbelcuda {

// `config` has been validated; `result` has its final sizes. Fills in the result, its backend and target.
void train_sweep_on_cpu(const sweep_config& config, const fleet_execution& execution, sweep_result& result);

}  // namespace gumbelcuda
