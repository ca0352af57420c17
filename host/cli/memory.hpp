// SPDX-License-Identifier: Apache-2.0
// Linux promises more memory than there is, and ends the process that takes the promise at its word. So a fleet
// whose result cannot fit is refused before it starts.
#pragma once

#include <cstdint>

namespace gumbelcuda {

// Bytes that this process could take now without being killed: what the machine has free, swap included, and
// what the process's control group allows. The largest number where the system does not say.
std::uint64_t free_memory();

}  // namespace gumbelcuda
