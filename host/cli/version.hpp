// SPDX-License-Identifier: Apache-2.0
// The version that the command reports.
#pragma once

#include <string>

#include "gumbelcuda/config.hpp"

namespace gumbelcuda {

inline std::string version() {
  return std::to_string(GUMBELCUDA_VERSION_MAJOR) + "." + std::to_string(GUMBELCUDA_VERSION_MINOR) + "." +
         std::to_string(GUMBELCUDA_VERSION_PATCH);
}

}  // namespace gumbelcuda
