// SPDX-License-Identifier: Apache-2.0
// Whether paused GANs are those of a training.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gumbelcuda/detail/number_text.hpp"
#include "gumbelcuda/partial_training.hpp"

namespace gumbelcuda {

// numbers_of(gan) and steps_of(gan): how many parameters and moments it has, and how many steps it makes. Throws
// invalid_argument(argument, …).
template <class NumbersOf, class StepsOf>
void check_paused(const std::string& argument, const std::vector<std::uint8_t>& ended,
                  const std::vector<paused_gan>& paused, NumbersOf numbers_of, StepsOf steps_of) {
  for (std::size_t i = 0; i < paused.size(); ++i) {
    const paused_gan& each = paused[i];
    const auto refuse = [&](const std::string& problem) {
      throw invalid_argument(argument, "paused GAN " + number_text(each.gan) + " " + problem);
    };
    if (i > 0 && each.gan <= paused[i - 1].gan) refuse("comes after GAN " + number_text(paused[i - 1].gan));
    if (each.gan >= ended.size()) refuse("is not one of the " + number_text(ended.size()));
    if (ended[each.gan] != 0) refuse("has ended");
    if (each.steps < 1 || each.steps >= steps_of(each.gan))
      refuse("has made " + number_text(each.steps) + " of " + number_text(steps_of(each.gan)) + " steps");
    if (each.numbers.size() != numbers_of(each.gan))
      refuse("has " + number_text(each.numbers.size()) + " numbers instead of " + number_text(numbers_of(each.gan)));
  }
}

}  // namespace gumbelcuda
