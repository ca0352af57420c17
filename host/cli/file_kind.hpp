// SPDX-License-Identifier: Apache-2.0
// The extension of one format on a file of another misleads whoever opens the file months later. So it is refused.
#pragma once

#include <string>

namespace gumbelcuda {

enum class kind_of_file { hdf5, csv, html, log, metrics };

// Throws invalid_argument if the extension of `path` promises another format than `kind`. `command` is the one that has
// the flag.
void refuse_other_kind(const std::string& flag, const std::string& path, kind_of_file kind, const std::string& command);

// Throws invalid_argument for a checkpoint, and for the file beside one: outputs replace files.
void refuse_checkpoint(const std::string& flag, const std::string& path);

}  // namespace gumbelcuda
