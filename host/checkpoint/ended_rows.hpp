// SPDX-License-Identifier: Apache-2.0
// What a checkpoint keeps of a GAN, as bytes: the results of those that have ended, and what paused ones need to go on.
// They do not depend on what other GANs the run has, or on which of them a process trains.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "gumbelcuda/partial_training.hpp"

namespace gumbelcuda {

// The epochs that a GAN trains, if it does not stop early.
std::uint64_t epochs_of(const fleet_config& config, std::uint64_t gan);
std::uint64_t epochs_of(const sweep_config& config, std::uint64_t gan);

// Those of all GANs that have ended, and what paused ones have trained.
template <class Config, class Partial>
std::uint64_t epochs_so_far(const Config& config, const Partial& run) {
  std::uint64_t epochs = 0;
  for (std::uint64_t gan = 0; gan < run.ended.size(); ++gan)
    if (run.has_ended(gan)) epochs += epochs_of(config, gan);
  for (const paused_gan& each : run.paused) epochs += each.steps / std::uint64_t(config.steps_per_epoch);
  return epochs;
}

// What a fleet's record has of `count` GANs from `first` on, in this order: calls each(array, first number, how many
// numbers). The arrays are the members of `result`, which are named as those of fleet_result.
template <class Result, class Each>
void for_each_array(const fleet_config& config, Result& result, std::uint64_t first, std::uint64_t count, Each each) {
  const std::uint64_t classes = config.target.size(), of_history = std::uint64_t(config.epochs) * classes;
  for (auto* array : {&result.distribution, &result.logits, &result.weights})
    each(*array, first * classes, count * classes);
  for (auto* array : {&result.bias, &result.generator_loss, &result.discriminator_loss}) each(*array, first, count);
  const std::uint64_t with_history = std::clamp(config.history_gans, first, first + count) - first;
  each(result.history, first * of_history, with_history * of_history);
}

// Of `count` GANs from `first` on, all of which have ended.
std::string bytes_of_rows(const fleet_config& config, const partial_fleet& fleet, std::uint64_t first,
                          std::uint64_t count);
std::string bytes_of_rows(const sweep_config& config, const partial_sweep& sweep, std::uint64_t first,
                          std::uint64_t count);

// How many bytes one of them has.
std::uint64_t count_row_bytes(const fleet_config& config, const partial_fleet& fleet, std::uint64_t gan);
std::uint64_t count_row_bytes(const sweep_config& config, const partial_sweep& sweep, std::uint64_t gan);

// Puts them back, and marks the GANs. Throws damaged_file, which names `file`, if the bytes are not so many GANs'.
void put_rows(const std::string& bytes, const std::string& file, const fleet_config& config, std::uint64_t first,
              std::uint64_t count, partial_fleet& fleet);
void put_rows(const std::string& bytes, const std::string& file, const sweep_config& config, std::uint64_t first,
              std::uint64_t count, partial_sweep& sweep);

// A paused GAN, but for its number and steps, with the history of its epochs.
std::string bytes_of_paused(const fleet_config& config, const partial_fleet& fleet, const paused_gan& gan);
std::string bytes_of_paused(const sweep_config& config, const partial_sweep& sweep, const paused_gan& gan);

// Pauses GAN number `gan` of the training, unless it has ended or has been paused at a later step. Throws damaged_file,
// which names `file`, if the bytes are not those of such a GAN after so many steps.
void put_paused(const std::string& bytes, const std::string& file, const fleet_config& config, std::uint64_t gan,
                std::uint64_t steps, partial_fleet& fleet);
void put_paused(const std::string& bytes, const std::string& file, const sweep_config& config, std::uint64_t gan,
                std::uint64_t steps, partial_sweep& sweep);

}  // namespace gumbelcuda
