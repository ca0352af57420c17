// SPDX-License-Identifier: Apache-2.0
// The CUDA backend as the rest of the library sees it: no CUDA here, and in a build without CUDA host/cuda/absent.cpp
// stands in.
#pragma once

#include <string>
#include <vector>

#include "gumbelcuda/fleet.hpp"

namespace gumbelcuda {

// Whether this build has it.
bool have_cuda_backend();

// The devices of this machine, or why there is none.
struct cuda_answer {
  std::vector<cuda_device> devices;
  std::string problem;
};
cuda_answer ask_for_cuda_devices();

// `config` has been validated; `result` has its sizes; `devices`, at least one, are among those. Fills the
// result, its backend and target. Throws no_device where a device cannot run the kernels.
void train_fleet_on_cuda(const fleet_config& config, const fleet_execution& execution,
                         const std::vector<cuda_device>& devices, fleet_result& result);

}  // namespace gumbelcuda
