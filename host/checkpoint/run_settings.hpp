// SPDX-License-Identifier: Apache-2.0
// What a run was asked for, as the bytes at the beginning of each of its checkpoints. Checkpoints with the same bytes
// are of one run, and whoever has them needs no more to write its result.
#pragma once

#include <string>
#include <variant>

#include "gumbelcuda/fleet.hpp"
#include "host/sweep_record.hpp"

namespace gumbelcuda {

// The record's result does not matter, nor does its tolerance, which changes no GAN.
std::string bytes_of_settings(const fleet_config& fleet);
std::string bytes_of_settings(const sweep_record& sweep);

// Of a sweep's data there are their number and their hash, as in its files.
using run_settings = std::variant<fleet_config, sweep_record>;

// Throws damaged_file, which names `file`, for bytes that are not those of settings, or of settings that the library
// would refuse.
run_settings settings_of_bytes(const std::string& bytes, const std::string& file);

}  // namespace gumbelcuda
