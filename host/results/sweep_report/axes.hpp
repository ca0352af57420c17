// SPDX-License-Identifier: Apache-2.0
// A sweep's axes as the sides of its phase diagrams. Values are put into bins by rank, so that a grid's values share
// bins evenly, and each has its own where there is room.
#pragma once

#include <cstdint>
#include <vector>

#include "host/results/sweep_report.hpp"
#include "host/sweep_record.hpp"

namespace gumbelcuda {

inline constexpr std::uint32_t no_bin = ~std::uint32_t{0};

struct binned_axis {
  const sweep_axis* axis = nullptr;
  std::size_t distinct = 0;             // values
  std::vector<double> from{}, to{};     // [bin]: its least and largest value
  std::vector<std::uint32_t> bin_of{};  // [gan]; no_bin where the value is not finite
  std::size_t bins() const { return from.size(); }
};

// Axes on which GANs differ, in their order. The others are settings.
std::vector<binned_axis> bin_axes(const sweep_record& record, const sweep_report_limits& limits);

}  // namespace gumbelcuda
