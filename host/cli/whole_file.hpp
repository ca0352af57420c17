// SPDX-License-Identifier: Apache-2.0
// Files that users name and that are read in one go.
#pragma once

#include <cstdint>
#include <string>

namespace gumbelcuda {

// The content of a file, or of standard input if the path is "-"; at most `most_bytes` of it. Throws
// invalid_argument(path, …) if it cannot be read, or is larger.
std::string read_whole(const std::string& path, std::uint64_t most_bytes);

}  // namespace gumbelcuda
