// SPDX-License-Identifier: Apache-2.0
// From a configuration to what a backend trains. Pointers are the backend's own to set, for memory that it can reach.
#pragma once

#include <algorithm>

#include "gumbelcuda/detail/gan/training_task.hpp"
#include "gumbelcuda/fleet.hpp"

namespace gumbelcuda {

// Of `count` GANs of the fleet from `first` on. Strides count as if there were one value for each of these GANs.
inline training_task task_of(const fleet_config& config, std::uint64_t first, std::uint64_t count) {
  training_task task{};
  task.classes = int(config.target.size());
  task.batch_size = int(config.batch_size);
  task.generator_steps = int(config.generator_steps);
  task.steps_per_epoch = std::uint64_t(config.steps_per_epoch);
  task.epochs = std::uint64_t(config.epochs);
  task.seed = config.seed;
  task.first_row = config.first_gan + first;
  task.num_gans = count;
  task.temperature.stride = config.temperature.size() > 1;
  task.generator_rate.stride = config.generator_learning_rate.size() > 1;
  task.discriminator_rate.stride = config.discriminator_learning_rate.size() > 1;
  task.history_gans = std::min(count, config.history_gans - std::min(config.history_gans, first));
  return task;
}

}  // namespace gumbelcuda
