// SPDX-License-Identifier: Apache-2.0
// What axes and results of a sweep must be, whichever file they were read from: reports rely on it.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "gumbelcuda/detail/number_text.hpp"
#include "gumbelcuda/error.hpp"
#include "host/sweep_record.hpp"

namespace gumbelcuda {

// These two throw invalid_argument. The values of an axis are the dataset axis_NAME of a sweep's file.
inline void validate_axis_names(const std::vector<sweep_axis>& axes) {
  std::set<std::string> names;
  for (const sweep_axis& axis : axes)
    if (axis.name.empty() || axis.name.find_first_of("/\0", 0, 2) != std::string::npos ||
        !names.insert(axis.name).second)
      throw invalid_argument("axes", "one has the name '" + axis.name + "'");
}

inline void validate_axis_values(const std::vector<sweep_axis>& axes, std::uint64_t num_gans) {
  for (const sweep_axis& axis : axes) {
    const std::string name = "axis_" + axis.name;
    if (axis.value.size() != num_gans)
      throw invalid_argument(
          name, "has " + number_text(axis.value.size()) + " values for " + number_text(num_gans) + " GANs");
    for (const double value : axis.value)
      if (!std::isfinite(value)) throw invalid_argument(name, "has a value that is not finite");
    if (axis.words.empty()) continue;
    for (const double value : axis.value)
      if (!(value >= 0 && value < static_cast<double>(axis.words.size())) ||
          value != static_cast<double>(static_cast<std::size_t>(value)))
        throw invalid_argument(name, "has a number that is none of its words");
  }
}

// What is impossible about the results of a GAN of a configuration that has been validated; empty if nothing is.
inline std::string impossible_result(const sweep_config& config, const sweep_result& result, std::uint64_t gan) {
  const std::int64_t epochs = result.epochs[gan], steps = result.steps[gan];
  const std::int64_t most = config.epochs[config.epochs.size() == 1 ? 0 : gan];
  if (epochs < 1 || epochs > most || steps < 1 || steps > epochs * config.steps_per_epoch)
    return "GAN number " + number_text(gan) + " cannot have trained " + number_text(epochs) + " epochs, " +
           number_text(steps) + " steps in all";
  if (result.outcome[gan] != gan_outcome::diverged && !std::isfinite(result.total_variation[gan]))
    return "GAN number " + number_text(gan) + " has not diverged, but has no total variation";
  return {};
}

}  // namespace gumbelcuda
