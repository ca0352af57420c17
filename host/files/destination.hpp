// SPDX-License-Identifier: Apache-2.0
// Finds where the path of a result leads. Results are renamed into place, so the place must be known: a link must stay
// a link, a device must stay a device, and two results must not replace each other.
#pragma once

#include <string>

#include "gumbelcuda/error.hpp"

namespace gumbelcuda {

// The file that writing `path` creates or replaces, as an absolute path without links; it need not exist. Throws
// file_error if there can be no such file: a folder, a device, a pipe, an open file of a process (/dev/stdout).
std::string find_destination(const std::string& path);

// Whether both name one file, whether through links, other spellings or a second name. Never throws: a path that leads
// nowhere is reported where it is used.
bool same_destination(const std::string& a, const std::string& b);

// The exception for a failed write to `path` with this errno: what happened, and what the user can do.
file_error write_error(const std::string& path, int error_number);

}  // namespace gumbelcuda
