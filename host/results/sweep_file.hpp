// SPDX-License-Identifier: Apache-2.0
// A trained sweep as an HDF5 file.
#pragma once

#include <string>

#include "host/results/sweep_record.hpp"

namespace gumbelcuda {

// Throws file_error if the file cannot be opened, and damaged_file if it is not a sweep's.
sweep_record read_sweep_file(const std::string& path);

}  // namespace gumbelcuda
