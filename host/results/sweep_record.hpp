// SPDX-License-Identifier: Apache-2.0
// A trained sweep as files and reports have it: what was asked for, what was varied, and the result.
#pragma once

#include <string>
#include <vector>

#include "gumbelcuda/sweep.hpp"

namespace gumbelcuda {

// Something that differs between GANs, in the terms of the sweep's file: "generator_learning_rate", "hidden",
// "replica". Words (a loss, a target's name) are numbered in `words`.
struct sweep_axis {
  std::string name{};
  std::vector<double> value{};       // [gan]
  std::vector<std::string> words{};  // empty, or value is an index into it
  bool logarithmic = false;          // how its values are spaced
};

struct sweep_record {
  sweep_config config{};
  std::vector<sweep_axis> axes{};
  sweep_result result{};
  double tolerance = .1;  // total variation up to which a GAN counts as converged
};

}  // namespace gumbelcuda
