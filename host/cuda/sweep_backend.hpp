// SPDX-License-Identifier: Apache-2.0
// Sweeps on CUDA devices, as the rest of the library sees them. This header needs no CUDA; in a build without it,
// host/cuda/absent.cpp defines the function.
#pragma once

#include <vector>

#include "gumbelcuda/sweep.hpp"
#include "host/cpu/training_state.hpp"

namespace gumbelcuda {

// `config` has been validated, and has no GAN of more than max_kernel_classes classes; `result` has its final sizes.
// Each of `devices` trains an equal share of the GANs that have not ended, and marks them. Fills in their results, the
// backend and the target. Throws no_device if it cannot run the kernels.
void train_sweep_on_cuda(const sweep_config& config, const fleet_execution& execution,
                         const std::vector<cuda_device>& devices, training_state& state, sweep_result& result);

}  // namespace gumbelcuda
