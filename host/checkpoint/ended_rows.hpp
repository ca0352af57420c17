// SPDX-License-Identifier: Apache-2.0
// The results of GANs that have ended, as the bytes of a checkpoint's record. They do not depend on what other GANs the
// run has, or on which of them a process trains.
#pragma once

#include <cstdint>
#include <string>

#include "gumbelcuda/partial_training.hpp"

namespace gumbelcuda {

// Of `count` GANs from `first` on, all of which have ended.
std::string bytes_of_rows(const fleet_config& config, const partial_fleet& fleet, std::uint64_t first,
                          std::uint64_t count);
std::string bytes_of_rows(const sweep_config& config, const partial_sweep& sweep, std::uint64_t first,
                          std::uint64_t count);

// Puts them back, and marks the GANs. Throws damaged_file, which names `file`, if the bytes are not so many GANs'.
void put_rows(const std::string& bytes, const std::string& file, const fleet_config& config, std::uint64_t first,
              std::uint64_t count, partial_fleet& fleet);
void put_rows(const std::string& bytes, const std::string& file, const sweep_config& config, std::uint64_t first,
              std::uint64_t count, partial_sweep& sweep);

}  // namespace gumbelcuda
