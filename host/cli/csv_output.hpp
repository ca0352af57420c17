// SPDX-License-Identifier: Apache-2.0
// Where --csv leads. A file appears whole or not at all; standard output, a pipe and a device get the rows as they are
// made, since nothing can be put in their place.
#pragma once

#include <string>

#include "gumbelcuda/fleet.hpp"

namespace gumbelcuda {

// "-", and the names that the system has for it.
bool is_standard_output(const std::string& path);

// Whether nothing can be replaced there: standard output, a pipe, a device that takes characters.
bool is_stream(const std::string& path);

// Throws file_error where write_csv_output() is bound to fail. Leaves nothing behind, and waits for no reader.
void check_csv_output(const std::string& path, const fleet_config& config);

// Throws file_error.
void write_csv_output(const std::string& path, const fleet_result& fleet, std::uint64_t first_gan);

}  // namespace gumbelcuda
