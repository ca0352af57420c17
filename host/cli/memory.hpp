// SPDX-License-Identifier: Apache-2.0
// Linux promises more memory than there is, and ends the process that takes the promise at its word. So a fleet
// that cannot be trained and written is refused before it starts.
#pragma once

#include <cstdint>
#include <string>

#include "gumbelcuda/fleet.hpp"

namespace gumbelcuda {

// Bytes that this process could take now without being killed: what the machine has free, swap included, and
// what the process's control group has left. The largest number where the system does not say.
std::uint64_t free_memory();

// What the control group whose files are in this folder has left: its limit less what it uses, where pages of
// files do not count, since the kernel drops them at need. The largest number where there is no limit.
std::uint64_t free_in_group(const std::string& folder);

// Bytes that `gumbelcuda train` takes when it takes most: the result, and beside it the largest of what training,
// summarising and writing need; writing a result file needs a whole second copy.
std::uint64_t memory_needed(const fleet_config& config, bool with_result_file);

// Throws invalid_argument where that is more than `available`: num_gans, or history_gans where the fleet without
// its history would fit. Says how many would.
void check_memory(const fleet_config& config, bool with_result_file, std::uint64_t available);

}  // namespace gumbelcuda
