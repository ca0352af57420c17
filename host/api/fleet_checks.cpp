// SPDX-License-Identifier: Apache-2.0
// Checks a configuration before any work. Messages say what is wrong, with its value, and what is allowed.
#include <unistd.h>

#include <limits>

#include "gumbelcuda/fleet.hpp"
#include "host/api/config_checks.hpp"
#include "host/byte_text.hpp"
#include "host/saturating.hpp"

namespace gumbelcuda {

void check_fits_memory(const std::string& argument, const std::string& result, std::uint64_t bytes) {
  const auto installed = std::uint64_t(sysconf(_SC_PHYS_PAGES)) * std::uint64_t(sysconf(_SC_PAGE_SIZE));
  if (bytes > installed)
    throw invalid_argument(argument,
                           result + byte_text(bytes, installed) + ", this machine has " + byte_text(installed, bytes));
}
std::uint64_t result_bytes(const fleet_config& config) {
  const std::uint64_t classes = config.target.size(), values_per_gan = 3 * classes + 3;
  const std::uint64_t values_per_history = saturating_product(std::uint64_t(config.epochs), classes);
  return saturating_product(sizeof(float), saturating_sum(saturating_product(config.num_gans, values_per_gan),
                                                          saturating_product(config.history_gans, values_per_history)));
}

void validate(const fleet_config& config) {
  if (config.num_gans < 1) throw invalid_argument("num_gans", "0 is not 1 or more");
  check_target("target", config.target);
  check_range("epochs", config.epochs, 1, max_updates);
  check_range("steps_per_epoch", config.steps_per_epoch, 1, max_updates);
  check_range("batch_size", config.batch_size, 1, max_batch_size);
  check_range("generator_steps", config.generator_steps, 1, max_generator_steps);
  check_updates(config.epochs, config.steps_per_epoch, config.generator_steps);
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
