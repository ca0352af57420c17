// SPDX-License-Identifier: Apache-2.0
// Statistics by Thrust on a CUDA device. This header needs no CUDA.
#pragma once

#include <optional>
#include <vector>

#include "host/results/statistics.hpp"

namespace gumbelcuda {

// The same bytes as collect(); nothing if this build or machine has no such device, or it has too little memory.
std::optional<fleet_statistics> try_collect_on_device(const fleet_result& fleet, const std::vector<double>& target,
                                                      double tolerance, int device);

}  // namespace gumbelcuda
