// SPDX-License-Identifier: Apache-2.0
// What all GANs of a sweep have in common, in words.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "gumbelcuda/sweep.hpp"

namespace gumbelcuda {

// Name and value. What an axis of the same name tells is left out: `axes` has those on which GANs differ. An axis of
// another name (a network's, "hidden") may be what makes a difference here, so that it is all that is said of it.
std::vector<std::pair<std::string, std::string>> common_settings(const sweep_config& config,
                                                                 const std::vector<std::string>& axes);

}  // namespace gumbelcuda
