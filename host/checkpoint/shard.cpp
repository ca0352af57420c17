// SPDX-License-Identifier: Apache-2.0
#include "host/checkpoint/shard.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace gumbelcuda {
namespace {

template <class Value>
void cut(std::vector<Value>& values, const gan_range& gans) {
  if (values.size() == 1) return;  // one for all
  values.erase(values.begin() + std::ptrdiff_t(gans.first + gans.count), values.end());
  values.erase(values.begin(), values.begin() + std::ptrdiff_t(gans.first));
}

// The members that train_fleet() and train_sweep() have alike.
template <class Config>
void cut_gans(Config& config, const gan_range& gans) {
  config.num_gans = gans.count;
  config.first_gan += gans.first;
  config.history_gans = std::clamp(config.history_gans, gans.first, gans.first + gans.count) - gans.first;
  cut(config.temperature, gans);
  cut(config.generator_learning_rate, gans);
  cut(config.discriminator_learning_rate, gans);
}

}  // namespace

fleet_config part_of(const fleet_config& config, const gan_range& gans) {
  fleet_config part = config;
  cut_gans(part, gans);
  return part;
}

sweep_config part_of(const sweep_config& config, const gan_range& gans) {
  sweep_config part = config;
  cut_gans(part, gans);
  cut(part.target, gans);
  cut(part.problem, gans);
  cut(part.seed, gans);
  cut(part.beta_1, gans);
  cut(part.beta_2, gans);
  cut(part.epsilon, gans);
  cut(part.batch_size, gans);
  cut(part.generator_steps, gans);
  cut(part.epochs, gans);
  cut(part.initial_logits, gans);
  return part;
}

}  // namespace gumbelcuda
