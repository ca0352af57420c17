// SPDX-License-Identifier: Apache-2.0
// The command's report on a trained fleet: one JSON object for programs, one table for people.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "host/results/statistics.hpp"

namespace gumbelcuda {

// docs/command.md lists the keys. A number that does not exist (NaN, infinite) is written as null.
nlohmann::json to_json(const fleet_config& config, const fleet_result& fleet, const fleet_statistics& statistics);

// One line per class: target, mean, deviation, quantiles; then how many GANs converged. Ends with a newline.
std::string table(const fleet_config& config, const fleet_statistics& statistics);

}  // namespace gumbelcuda
