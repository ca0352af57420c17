// SPDX-License-Identifier: Apache-2.0
// Names of temporary files, by which the next process finds those that a killed process left behind.
#pragma once

#include <string>

namespace gumbelcuda {

// NAME → .NAME.gumbelcuda-XXXXXX in the same folder, shortened to the 255 bytes that a name may have. New each time.
std::string temporary_name(const std::string& destination);

// Removes files with such a name that no living process has locked. Never throws; what cannot be removed stays.
void remove_stale_files(const std::string& destination) noexcept;

}  // namespace gumbelcuda
