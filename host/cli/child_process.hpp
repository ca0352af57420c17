// SPDX-License-Identifier: Apache-2.0
// A file whose checksum is not asked for may hold anything, and HDF5 answers some of that with a crash. So a process
// of its own reads it.
#pragma once

#include <string>

namespace gumbelcuda {

// Returns in a child process, which goes on with what the caller does next. The parent hands signals on to it and ends
// as it ends, except where it crashed: then this throws damaged_file, in the parent.
void go_on_in_child(const std::string& file);

// What --help says of the switch that asks for it.
inline constexpr char unsealed_description[] = "read FILE.h5 though its checksum does not fit: somebody changed it";

}  // namespace gumbelcuda
