// SPDX-License-Identifier: Apache-2.0
// Checks a configuration before any work. Messages say what is wrong, with its value, and what is allowed.
#include <cmath>
#include <limits>

#include "gumbelcuda/detail/gan/shape.hpp"
#include "gumbelcuda/detail/number_text.hpp"
#include "gumbelcuda/fleet.hpp"
#include "host/saturating.hpp"

namespace gumbelcuda {
namespace {

constexpr std::int64_t max_generator_steps = 1000, max_updates = std::int64_t{1} << 40;

void check_range(const char* argument, std::int64_t value, std::int64_t low, std::int64_t high) {
  if (value < low || value > high)
    throw invalid_argument(argument, number_text(value) + " is not in " + number_text(low) + " … " + number_text(high));
}

void check_target(const std::vector<double>& target) {
  if (target.size() < 2 || target.size() > std::size_t(max_classes))
    throw invalid_argument(
        "target", number_text(target.size()) + " probabilities, but 2 … " + number_text(max_classes) + " are allowed");
  double sum = 0;
  for (std::size_t k = 0; k < target.size(); ++k) {
    if (!(target[k] >= 0 && target[k] <= 1))
      throw invalid_argument(
          "target", "probability of class " + number_text(k) + " is " + number_text(target[k]) + ", not in 0 … 1");
    sum += target[k];
  }
  if (!(std::abs(sum - 1) <= 1e-6))
    throw invalid_argument("target", "probabilities sum to " + number_text(sum) + ", not to 1 (within 1e-6)");
}

void check_per_gan(const char* argument, const std::vector<float>& values, std::uint64_t num_gans, bool zero_allowed) {
  if (values.size() != 1 && values.size() != num_gans)
    throw invalid_argument(argument, number_text(values.size()) + " values, but 1 or one for each of the " +
                                         number_text(num_gans) + " GANs are allowed");
  for (const float value : values)
    if (!(zero_allowed ? value >= 0 : value > 0) || !std::isfinite(value))
      throw invalid_argument(
          argument, number_text(value) + " is not " + (zero_allowed ? "0 or more" : "above 0") + " and finite");
}

}  // namespace

std::uint64_t result_bytes(const fleet_config& config) {
  const std::uint64_t classes = config.target.size(), values_per_gan = 3 * classes + 3;
  const std::uint64_t values_per_history = saturating_product(std::uint64_t(config.epochs), classes);
  return saturating_product(sizeof(float), saturating_sum(saturating_product(config.num_gans, values_per_gan),
                                                          saturating_product(config.history_gans, values_per_history)));
}

void validate(const fleet_config& config) {
  if (config.num_gans < 1) throw invalid_argument("num_gans", "0 is not 1 or more");
  check_target(config.target);
  check_range("epochs", config.epochs, 1, max_updates);
  check_range("steps_per_epoch", config.steps_per_epoch, 1, max_updates);
  check_range("batch_size", config.batch_size, 1, max_batch_size);
  check_range("generator_steps", config.generator_steps, 1, max_generator_steps);
  const double updates = double(config.epochs) * double(config.steps_per_epoch) * double(config.generator_steps);
  if (updates > double(max_updates))
    throw invalid_argument("epochs", number_text(config.epochs) + " epochs of " + number_text(config.steps_per_epoch) +
                                         " steps with " + number_text(config.generator_steps) +
                                         " generator updates each are " + number_text(updates) +
                                         " updates, more than " + number_text(max_updates));
  check_per_gan("temperature", config.temperature, config.num_gans, true);
  check_per_gan("generator_learning_rate", config.generator_learning_rate, config.num_gans, false);
  check_per_gan("discriminator_learning_rate", config.discriminator_learning_rate, config.num_gans, false);
  if (config.history_gans > config.num_gans)
    throw invalid_argument("history_gans", number_text(config.history_gans) + " is more than the " +
                                               number_text(config.num_gans) + " GANs of the fleet");
  if (config.first_gan > std::numeric_limits<std::uint64_t>::max() - config.num_gans)
    throw invalid_argument(
        "first_gan", number_text(config.first_gan) + " + " + number_text(config.num_gans) + " GANs is not below 2^64");
}

}  // namespace gumbelcuda
