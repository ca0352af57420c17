// SPDX-License-Identifier: Apache-2.0
// The CUDA backend as the rest of the library sees it. This header needs no CUDA. In a build without CUDA,
// host/cuda/absent.cpp defines these functions.
#pragma once

#include <string>
#include <vector>

#include "gumbelcuda/fleet.hpp"
#include "host/cpu/training_state.hpp"

namespace gumbelcuda {

// Whether this build has the CUDA backend.
bool have_cuda_backend();

// The devices of this machine, or why there are none.
struct cuda_answer {
  std::vector<cuda_device> devices;
  std::string problem;
};
cuda_answer ask_for_cuda_devices();

// `config` has been validated; `result` has its final sizes; `devices` has at least one of those above. Trains the GANs
// that have not ended, marks them, fills in their results, the backend and the target. Throws no_device if a device
// cannot run the kernels.
void train_fleet_on_cuda(const fleet_config& config, const fleet_execution& execution,
                         const std::vector<cuda_device>& devices, training_state& state, fleet_result& result);

}  // namespace gumbelcuda
