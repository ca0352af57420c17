// SPDX-License-Identifier: Apache-2.0
// From a sweep's file (docs/sweep.md) to the GANs to train and the axes along which they differ.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/cli/sweep_document.hpp"
#include "host/sweep_record.hpp"

namespace gumbelcuda {

struct sweep_plan {
  sweep_config config{};
  std::vector<sweep_axis> axes{};
  std::string factors{};  // in words: "generator_learning_rate 5 × random draws 10 × replicas 4"
};

inline constexpr std::uint64_t most_sweep_gans = std::uint64_t{1} << 32;

// Reads such a file, and the data file that it names. Throws invalid_argument, whose argument is "FILE:LINE" or "FILE",
// for everything that is wrong with it; also for more GANs than 2^32, or than fit into `available` bytes.
sweep_plan read_sweep_plan(const std::string& path, std::uint64_t available);

}  // namespace gumbelcuda
