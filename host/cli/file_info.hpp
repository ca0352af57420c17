// SPDX-License-Identifier: Apache-2.0
// What gumbelcuda info says about a result file: the configuration, and the table that train printed.
#pragma once

#include <string>

#include "host/results/result_file.hpp"

namespace gumbelcuda {

std::string file_info_text(const std::string& path, const stored_fleet& fleet);

// The keys of train --json that say what was trained and learned, and not how; and what the file has beside it.
std::string file_info_json(const stored_fleet& fleet);

}  // namespace gumbelcuda
