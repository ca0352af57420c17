// SPDX-License-Identifier: Apache-2.0
// How many steps the next launch takes: long enough that starting it costs nothing, short enough that a raised stop
// flag acts at once.
#pragma once

#include <algorithm>
#include <cstdint>

namespace gumbelcuda {

class launch_pace {
 public:
  static constexpr double milliseconds_wanted = 50;
  // A launch too short to measure must not lead to one without end.
  static constexpr double most_growth = 8;

  std::uint64_t steps() const { return steps_; }

  // What a launch of so many steps took.
  void measured(std::uint64_t steps, double milliseconds) {
    const double taken = double(steps), fitting = taken * milliseconds_wanted / std::max(milliseconds, 1e-3);
    steps_ = std::uint64_t(std::clamp(fitting, 1., taken * most_growth));
  }

 private:
  std::uint64_t steps_ = 1;
};

}  // namespace gumbelcuda
