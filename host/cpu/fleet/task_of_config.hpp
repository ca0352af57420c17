// SPDX-License-Identifier: Apache-2.0
// Turns a configuration into a backend's task. The backend sets the pointers, for memory that it can access.
#pragma once

#include <algorithm>

#include "gumbelcuda/detail/gan/training_task.hpp"
#include "gumbelcuda/fleet.hpp"

namespace gumbelcuda {

// The task for `count` GANs of the fleet from `first` on. Strides assume that arrays begin with these GANs' values.
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
