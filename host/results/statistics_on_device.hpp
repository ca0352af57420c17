// SPDX-License-Identifier: Apache-2.0
// The statistics by Thrust on a CUDA device: no CUDA here.
#pragma once

#include <optional>
#include <vector>

#include "host/results/statistics.hpp"

namespace gumbelcuda {

// collect()'s bytes; nothing where this build or machine cannot, or the device has too little memory.
std::optional<fleet_statistics> try_collect_on_device(const fleet_result& fleet, const std::vector<double>& target,
                                                      double tolerance, int device);

}  // namespace gumbelcuda
