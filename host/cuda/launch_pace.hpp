// SPDX-License-Identifier: Apache-2.0
// Chooses how many steps the next launch takes: so many that the cost of starting it does not matter, and so few that a
// stop flag takes effect at once.
#pragma once

#include <algorithm>
#include <cstdint>

namespace gumbelcuda {

class launch_pace {
 public:
  static constexpr double milliseconds_wanted = 50;
  // A launch that was too short to measure must not lead to an endless one.
  static constexpr double most_growth = 8;

  std::uint64_t steps() const { return steps_; }

  // Records how long a launch of so many steps took.
  void measured(std::uint64_t steps, double milliseconds) {
    const double taken = double(steps), fitting = taken * milliseconds_wanted / std::max(milliseconds, 1e-3);
    steps_ = std::uint64_t(std::clamp(fitting, 1., taken * most_growth));
  }

 private:
  std::uint64_t steps_ = 1;
};

}  // namespace gumbelcuda
