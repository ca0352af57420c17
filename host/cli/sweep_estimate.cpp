// SPDX-License-Identifier: Apache-2.0
#include "host/cli/sweep_estimate.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>

namespace gumbelcuda {
namespace {

// Keeps the elements of `count` GANs of `all`, evenly spread.
template <class Value>
std::vector<Value> spread(const std::vector<Value>& values, std::uint64_t all, std::uint64_t count) {
  if (values.size() == 1) return values;
  std::vector<Value> chosen;
  for (std::uint64_t i = 0; i < count; ++i) {
    // all is at most 2^32 and count small: the product fits.
    chosen.push_back(values[static_cast<std::size_t>(i * all / count)]);
  }
  return chosen;
}

}  // namespace

sweep_config sampled_sweep(const sweep_config& config, std::uint64_t count, std::int64_t steps) {
  const std::uint64_t all = config.num_gans;
  sweep_config sample;
  sample.num_gans = count;
  sample.target = spread(config.target, all, count);
  sample.data = config.data;
  sample.order = config.order;
  sample.problem = spread(config.problem, all, count);
  sample.seed = spread(config.seed, all, count);
  sample.first_gan = config.first_gan;
  sample.generator_learning_rate = spread(config.generator_learning_rate, all, count);
  sample.discriminator_learning_rate = spread(config.discriminator_learning_rate, all, count);
  sample.beta_1 = spread(config.beta_1, all, count);
  sample.beta_2 = spread(config.beta_2, all, count);
  sample.epsilon = spread(config.epsilon, all, count);
  sample.temperature = spread(config.temperature, all, count);
  sample.batch_size = spread(config.batch_size, all, count);
  sample.generator_steps = spread(config.generator_steps, all, count);
  sample.epochs = {1};
  sample.steps_per_epoch = steps;
  sample.initial_logits = spread(config.initial_logits, all, count);
  return sample;
}

sweep_estimate estimate_sweep(const sweep_config& config, const fleet_execution& execution) {
  constexpr double long_enough = .1;  // seconds
  constexpr std::uint64_t most_gans = 256;
  const std::uint64_t epochs =
      std::accumulate(config.epochs.begin(), config.epochs.end(), std::uint64_t{0},
                      [](std::uint64_t sum, std::int64_t each) { return sum + static_cast<std::uint64_t>(each); });
  const double steps_of_all = static_cast<double>(epochs) / static_cast<double>(config.epochs.size()) *
                              static_cast<double>(config.num_gans) * static_cast<double>(config.steps_per_epoch);
  // First more GANs, which fill threads and vectors, then more steps.
  std::uint64_t count = 1;
  for (std::int64_t steps = 1;;) {
    const sweep_config sample = sampled_sweep(config, count, steps);
    const auto start = std::chrono::steady_clock::now();
    const sweep_result result = train_sweep(sample, execution);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const bool all_gans = count >= std::min(most_gans, config.num_gans), all_steps = steps >= config.steps_per_epoch;
    if (seconds >= long_enough || (all_gans && all_steps))
      return {seconds * steps_of_all / (static_cast<double>(count) * static_cast<double>(steps)), result.backend,
              result.target, result.threads};
    if (!all_gans)
      count = std::min({16 * count, most_gans, config.num_gans});
    else
      steps = std::min(4 * steps, config.steps_per_epoch);
  }
}

}  // namespace gumbelcuda
