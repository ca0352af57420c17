// SPDX-License-Identifier: Apache-2.0
// The configuration with which the article's GAN, as a model, trains as the built-in one does.
#pragma once

#include "gumbelcuda/model_fleet.hpp"

namespace gumbelcuda::testing_models {

inline model_fleet_config config_of(const fleet_config& config) {
  std::vector<temperature_schedule> temperature;
  for (const float t : config.temperature) temperature.push_back(constant_temperature(t));
  return {.num_models = config.num_gans,
          .epochs = config.epochs,
          .steps_per_epoch = config.steps_per_epoch,
          .learning_rate = {config.generator_learning_rate, config.discriminator_learning_rate},
          .temperature = temperature,
          .seed = config.seed,
          .first_model = config.first_gan,
          .history_models = config.history_gans};
}

}  // namespace gumbelcuda::testing_models
