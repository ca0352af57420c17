// SPDX-License-Identifier: Apache-2.0
// What all GANs of a sweep have in common, in words.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "gumbelcuda/sweep.hpp"

namespace gumbelcuda {

// Name and value. What differs between GANs is left out, unless no axis tells of it: `axes` has their names.
std::vector<std::pair<std::string, std::string>> common_settings(const sweep_config& config,
                                                                 const std::vector<std::string>& axes);

}  // namespace gumbelcuda
