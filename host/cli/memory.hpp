// SPDX-License-Identifier: Apache-2.0
// Linux promises more memory than there is, and kills the process that uses what it was promised. So a fleet that
// cannot be trained and written is refused before training starts.
#pragma once

#include <cstdint>
#include <string>

#include "gumbelcuda/fleet.hpp"

namespace gumbelcuda {

// Bytes that this process could take now without being killed: the smaller of what the machine has free, swap included,
// and what the process's control group has left. The largest number if the system does not say.
std::uint64_t free_memory();

// What the control group whose files are in this folder has left: its limit minus its use. Pages of files do not count
// as used, since the kernel drops them when necessary. The largest number if there is no limit.
std::uint64_t free_in_group(const std::string& folder);

// Peak memory of `gumbelcuda train` in bytes: the result, plus the largest of what training, summarising and writing
// need.
std::uint64_t memory_needed(const fleet_config& config, bool with_result_file);

// Throws invalid_argument if that is more than `available`: for num_gans, or for history_gans if the fleet would fit
// without its history. The message says how many GANs would fit.
void check_memory(const fleet_config& config, bool with_result_file, std::uint64_t available);

// How many GANs a run with a checkpoint trains at a time: all if half of `available` is enough for them, otherwise so
// many that their results take a quarter of it.
std::uint64_t gans_at_a_time(const fleet_config& config, std::uint64_t available);

}  // namespace gumbelcuda
