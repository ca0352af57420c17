// SPDX-License-Identifier: Apache-2.0
// The command's report on a sweep: one JSON object for programs, one table for people.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "host/sweep_record.hpp"

namespace gumbelcuda {

// Quantiles are of the GANs that did not diverge, interpolated linearly; NaN if there are none.
struct sweep_summary {
  std::uint64_t converged = 0;  // total variation at most the tolerance
  std::uint64_t stopped = 0;    // before their last epoch, because they had converged
  std::uint64_t diverged = 0;
  double quantile_05 = 0, median = 0, quantile_95 = 0;  // of the total variation
  std::vector<std::uint64_t> best{};                    // the ten nearest to their targets; of equal ones the first
};

sweep_summary summarise(const sweep_record& record);

// The value of an axis as text: a word, or the shortest number.
std::string axis_text(const sweep_axis& axis, std::uint64_t gan);

// docs/sweep.md lists the keys. A number that does not exist (NaN, infinite) is written as null.
nlohmann::json to_json(const sweep_record& record, const sweep_summary& summary);

// Ends with a newline.
std::string table(const sweep_record& record, const sweep_summary& summary);

}  // namespace gumbelcuda
