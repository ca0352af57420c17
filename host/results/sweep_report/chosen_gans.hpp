// SPDX-License-Identifier: Apache-2.0
// Which GANs a page lists one by one. All, if there are few. Otherwise those with a history, then one of each cell of
// each phase diagram, then others, by a fixed pseudo-random order: by their numbers they would be of a few values only.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "host/results/sweep_report.hpp"
#include "host/results/sweep_report/axes.hpp"
#include "host/sweep_record.hpp"

namespace gumbelcuda {

struct chosen_gans {
  std::vector<std::uint32_t> listed{};  // the most important first; the ranked ones that were left out at the end
  std::size_t with_distribution = 0;    // the first of them: their distributions are in the page
  std::size_t with_history = 0;         // likewise
  std::size_t history_columns = 0;      // epochs of a history, at most
  // By total variation, least first; largest first; by number.
  std::vector<std::uint32_t> best{}, worst{}, diverged{};
};

chosen_gans choose_gans(const sweep_record& record, const std::vector<binned_axis>& axes,
                        const sweep_report_limits& limits);

}  // namespace gumbelcuda
