// SPDX-License-Identifier: Apache-2.0
// What gumbelcuda info prints about a file of results: the configuration, and the table that train
// or sweep printed.
#pragma once

#include <string>

#include "host/results/result_file.hpp"
#include "host/sweep_record.hpp"

namespace gumbelcuda {

std::string file_info_text(const std::string& path, const open_fleet& fleet);

// The keys of train --json that state what was trained and learned, but not how; and what else the file contains.
std::string file_info_json(const open_fleet& fleet);

// The same of a sweep's file, whose object has the key "kind".
std::string file_info_text(const std::string& path, const sweep_record& record);
std::string file_info_json(const sweep_record& record);

}  // namespace gumbelcuda
