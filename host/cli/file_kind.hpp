// SPDX-License-Identifier: Apache-2.0
// A name that says one format for a file of another misleads whoever opens it, months later. So it is refused.
#pragma once

#include <string>

namespace gumbelcuda {

enum class kind_of_file { hdf5, csv };

// Throws invalid_argument where the ending of `path` promises something else than `kind`.
void refuse_other_kind(const std::string& flag, const std::string& path, kind_of_file kind);

}  // namespace gumbelcuda
