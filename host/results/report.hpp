// SPDX-License-Identifier: Apache-2.0
// What the command says about a trained fleet: one JSON object for programs, one table for people.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "host/results/statistics.hpp"

namespace gumbelcuda {

// docs/command.md lists the keys. A number that does not exist (NaN, infinite) is written as null.
nlohmann::json to_json(const fleet_config& config, const fleet_result& fleet, const fleet_statistics& statistics);

// One line a class: target, mean, deviation, quantiles; then how many converged. Ends with a new line.
std::string table(const fleet_config& config, const fleet_statistics& statistics);

}  // namespace gumbelcuda
