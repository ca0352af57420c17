// SPDX-License-Identifier: Apache-2.0
// Formatting only. No locale: the command's output must not depend on the user's settings.
#include "host/cli/quantity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace gumbelcuda {

std::string rate(double per_second) {
  if (!(per_second >= 0)) return "?";
  if (per_second >= 1e15) return fmt::format("{:.3g}", per_second);
  if (per_second >= 100) return grouped(static_cast<std::uint64_t>(std::llround(per_second)));
  return fmt::format("{:.3g}", per_second);
}

std::string clock_time(double seconds) {
  const auto whole = static_cast<std::uint64_t>(std::clamp(std::ceil(seconds), 0.0, 1e15));
  const std::uint64_t hours = whole / 3600, minutes = whole / 60 % 60;
  if (hours > 0) return fmt::format("{}:{:02}:{:02}", hours, minutes, whole % 60);
  return fmt::format("{}:{:02}", minutes, whole % 60);
}

std::string joined(const double* values, std::size_t count) {
  return fmt::format("{}", fmt::join(values, values + count, ","));
}

}  // namespace gumbelcuda
