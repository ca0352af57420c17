// SPDX-License-Identifier: Apache-2.0
// Data files that the GANs of a sweep learn from.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace gumbelcuda {

inline const std::vector<std::string> data_formats{"bytes", "letters", "integers", "npy"};

struct sweep_data {
  std::vector<std::uint32_t> samples{};  // classes, 0 … K − 1
  std::vector<double> shares{};          // of each class among the samples
};

// bytes: a class for each different byte, in their order. letters: a … z, in either case; all else is skipped.
// integers: one a line, a class. npy: NumPy's file of one dimension of integers, which are classes. "-" is standard
// input. Throws invalid_argument("PATH" or "PATH:LINE", …), also for a file that needs more than `available` bytes.
sweep_data read_sweep_data(const std::string& path, const std::string& format, std::uint64_t available);

}  // namespace gumbelcuda
