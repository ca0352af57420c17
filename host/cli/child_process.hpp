// SPDX-License-Identifier: Apache-2.0
// A file whose checksum is not verified may contain anything, and HDF5 may crash on it. So a separate process reads it.
#pragma once

#include <string>

namespace gumbelcuda {

// Returns in a child process, which continues with what the caller does next. The parent passes signals on to the child
// and ends as the child ends. If the child crashed, this throws damaged_file in the parent.
void go_on_in_child(const std::string& file);

// The --help text of the switch that requests this.
inline constexpr char unsealed_description[] = "read FILE.h5 though its checksum does not fit: somebody changed it";

}  // namespace gumbelcuda
