// SPDX-License-Identifier: Apache-2.0
// What gumbelcuda info prints about a result file: the configuration, and the table that train printed.
#pragma once

#include <string>

#include "host/results/result_file.hpp"

namespace gumbelcuda {

std::string file_info_text(const std::string& path, const stored_fleet& fleet);

// The keys of train --json that state what was trained and learned, but not how; and what else the file contains.
std::string file_info_json(const stored_fleet& fleet);

}  // namespace gumbelcuda
