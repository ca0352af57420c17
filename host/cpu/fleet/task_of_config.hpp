// SPDX-License-Identifier: Apache-2.0
// Turns a configuration into a backend's task. The backend says where the arrays are, in memory that it can access.
#pragma once

#include <algorithm>
#include <cstdint>

#include "gumbelcuda/detail/gan/training_constants.hpp"
#include "gumbelcuda/detail/gan/training_task.hpp"
#include "gumbelcuda/fleet.hpp"

namespace gumbelcuda {

// The epochs of all GANs.
inline std::uint64_t all_epochs(const fleet_config& config) { return config.num_gans * std::uint64_t(config.epochs); }

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

// Points a task to what it reads: vectors of the host, or memory of a device. The first four are those of
// training_constants.
template <class Floats, class Words>
void set_arrays(training_task& task, const Floats& target, const Words& first_word, const Words& last_word,
                const Floats& corrections, const Floats& temperature, const Floats& generator_rate,
                const Floats& discriminator_rate) {
  task.target = target.data();
  task.first_word = first_word.data();
  task.last_word = last_word.data();
  task.corrections = corrections.data();
  task.num_corrections = corrections.size();
  task.temperature.values = temperature.data();
  task.generator_rate.values = generator_rate.data();
  task.discriminator_rate.values = discriminator_rate.data();
}
// To all of its arrays, where they are in the host's memory. The result has its sizes already.
inline void set_arrays(training_task& task, const training_constants& constants, const fleet_config& config,
                       fleet_result& r) {
  set_arrays(task, constants.target, constants.first_word, constants.last_word, constants.adam_values,
             config.temperature, config.generator_learning_rate, config.discriminator_learning_rate);
  task.results = {r.distribution.data(), r.logits.data(),         r.weights.data(),
                  r.bias.data(),         r.generator_loss.data(), r.discriminator_loss.data()};
  task.history = r.history.data();
}

}  // namespace gumbelcuda
