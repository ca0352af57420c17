// SPDX-License-Identifier: Apache-2.0
// Checks of settings that fleets and sweeps share. Messages say what is wrong, with its value, and what is allowed.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "gumbelcuda/detail/gan/shape.hpp"
#include "gumbelcuda/detail/number_text.hpp"
#include "gumbelcuda/error.hpp"

namespace gumbelcuda {

inline constexpr std::int64_t max_generator_steps = 1000, max_updates = std::int64_t{1} << 40;

inline void check_range(const std::string& argument, std::int64_t value, std::int64_t low, std::int64_t high) {
  if (value < low || value > high)
    throw invalid_argument(argument, number_text(value) + " is not in " + number_text(low) + " … " + number_text(high));
}

inline void check_updates(std::int64_t epochs, std::int64_t steps_per_epoch, std::int64_t generator_steps) {
  const double updates = double(epochs) * double(steps_per_epoch) * double(generator_steps);
  if (updates > double(max_updates))
    throw invalid_argument("epochs", number_text(epochs) + " epochs of " + number_text(steps_per_epoch) +
                                         " steps with " + number_text(generator_steps) +
                                         " generator updates each are " + number_text(updates) +
                                         " updates, more than " + number_text(max_updates));
}

inline void check_classes(const std::string& argument, std::size_t classes) {
  if (classes < 2 || classes > std::size_t(max_classes))
    throw invalid_argument(
        argument, number_text(classes) + " probabilities, but 2 … " + number_text(max_classes) + " are allowed");
}

inline void check_target(const std::string& argument, const std::vector<double>& target) {
  check_classes(argument, target.size());
  double sum = 0;
  for (std::size_t k = 0; k < target.size(); ++k) {
    if (!(target[k] >= 0 && target[k] <= 1))
      throw invalid_argument(
          argument, "probability of class " + number_text(k) + " is " + number_text(target[k]) + ", not in 0 … 1");
    sum += target[k];
  }
  if (!(std::abs(sum - 1) <= 1e-6))
    throw invalid_argument(argument, "probabilities sum to " + number_text(sum) + ", not to 1 (within 1e-6)");
}

// One value for all GANs, or one for each.
inline void check_count(const std::string& argument, std::size_t values, std::uint64_t num_gans) {
  if (values != 1 && values != num_gans)
    throw invalid_argument(argument, number_text(values) + " values, but 1 or one for each of the " +
                                         number_text(num_gans) + " GANs are allowed");
}

inline void check_per_gan(const std::string& argument, const std::vector<float>& values, std::uint64_t num_gans,
                          bool zero_allowed) {
  check_count(argument, values.size(), num_gans);
  for (const float value : values)
    if (!(zero_allowed ? value >= 0 : value > 0) || !std::isfinite(value))
      throw invalid_argument(
          argument, number_text(value) + " is not " + (zero_allowed ? "0 or more" : "above 0") + " and finite");
}

// Without this check a result larger than the machine's memory would be stopped by the system, long after the start.
// Throws invalid_argument(argument, …). result: "the result of 8 GANs takes".
void check_fits_memory(const std::string& argument, const std::string& result, std::uint64_t bytes);

}  // namespace gumbelcuda
