// SPDX-License-Identifier: Apache-2.0
// Synthetic sweeps, the same on every machine: no GAN is trained, but total variation, divergence, gradients and
// histories depend on the axes as they might.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "host/sweep_record.hpp"

struct example_axis {
  std::string name{};
  std::vector<double> values{};
  std::vector<std::string> words{};
  bool logarithmic = false;
};

// From `from` to `to`, in equal factors.
inline example_axis logarithmic_axis(std::string name, double from, double to, int count) {
  example_axis axis{.name = std::move(name), .logarithmic = true};
  for (int i = 0; i < count; ++i) axis.values.push_back(from * std::pow(to / from, count > 1 ? i / (count - 1.) : 0));
  return axis;
}

inline example_axis axis_of_words(std::string name, std::vector<std::string> words) {
  example_axis axis{.name = std::move(name), .words = std::move(words)};
  for (std::size_t i = 0; i < axis.words.size(); ++i) axis.values.push_back(static_cast<double>(i));
  return axis;
}

inline example_axis whole_numbers_axis(std::string name, int count) {
  example_axis axis{.name = std::move(name)};
  for (int i = 0; i < count; ++i) axis.values.push_back(i);
  return axis;
}

// What an example GAN of these relative positions (0 … 1 on each axis) comes to.
struct example_outcome {
  double total_variation = 0;
  bool diverged = false;
};

inline example_outcome example_outcome_at(const std::vector<double>& position, double luck) {
  double distance = .02;
  bool diverged = false;
  for (std::size_t i = 0; i < position.size() && i < 2; ++i)
    distance += .5 * std::pow(position[i] - .35 - .2 * static_cast<double>(i), 2);
  if (!position.empty()) diverged = position[0] + .25 * (position.size() > 1 ? position[1] : 0) + .1 * luck > 1.05;
  return {std::min(distance * (.6 + .8 * luck) + .01 * luck, 1.), diverged};
}

// Of each GAN between the axis's ends, 0 … 1; words make no difference.
inline std::vector<double> example_positions(const gumbelcuda::sweep_axis& axis) {
  const auto scaled = [&](double value) { return axis.logarithmic ? std::log(value) : value; };
  const auto [least, most] = std::minmax_element(axis.value.begin(), axis.value.end());
  const double from = scaled(*least), range = scaled(*most) - from;
  std::vector<double> positions;
  for (const double value : axis.value)
    positions.push_back(range > 0 && axis.words.empty() ? (scaled(value) - from) / range : .5);
  return positions;
}

// Fills in all of `record` but its axes' values, which must be there, and its configuration.
inline void fill_example(gumbelcuda::sweep_record& record, std::uint64_t history_gans, std::int64_t epochs) {
  std::mt19937_64 engine(7);
  const auto luck = [&] { return static_cast<double>(engine() >> 11) * 0x1p-53; };
  gumbelcuda::sweep_config& config = record.config;
  gumbelcuda::sweep_result& result = record.result;
  const std::size_t gans = config.num_gans;
  config.history_gans = history_gans;
  config.epochs = {epochs};
  config.until_total_variation = .06;
  result = {};
  result.num_gans = gans;
  result.history_gans = history_gans;
  result.most_epochs = history_gans ? epochs : 0;
  for (const auto& target : config.target)
    result.most_classes = std::max(result.most_classes, static_cast<int>(target.size()));
  const auto classes = static_cast<std::size_t>(result.most_classes);
  result.distribution.assign(gans * classes, 0);
  result.logits.assign(gans * classes, 0);
  result.history.assign(history_gans * static_cast<std::size_t>(epochs) * classes, 0);
  result.history_total_variation.assign(history_gans * static_cast<std::size_t>(epochs), 0);
  result.history_generator_loss = result.history_discriminator_loss = result.history_total_variation;
  std::vector<std::vector<double>> positions;
  for (const gumbelcuda::sweep_axis& axis : record.axes)
    if (axis.name != "replica") positions.push_back(example_positions(axis));
  for (std::size_t gan = 0; gan < gans; ++gan) {
    std::vector<double> position;
    for (const std::vector<double>& of_axis : positions) position.push_back(of_axis[gan]);
    const auto [distance, diverged] = example_outcome_at(position, luck());
    const std::vector<double>& target = config.target[config.target.size() == 1 ? 0 : gan];
    const bool early = !diverged && distance <= config.until_total_variation;
    const std::int64_t trained =
        diverged || early ? 1 + static_cast<std::int64_t>(luck() * static_cast<double>(epochs - 1)) : epochs;
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    result.classes.push_back(static_cast<int>(target.size()));
    result.outcome.push_back(diverged ? gumbelcuda::gan_outcome::diverged
                             : early  ? gumbelcuda::gan_outcome::converged
                                      : gumbelcuda::gan_outcome::end);
    result.epochs.push_back(trained);
    result.steps.push_back(trained * config.steps_per_epoch);
    result.total_variation.push_back(diverged ? nan : static_cast<float>(distance));
    result.generator_loss.push_back(diverged ? nan : static_cast<float>(.69 + .2 * luck()));
    result.discriminator_loss.push_back(diverged ? nan : static_cast<float>(1.38 - .2 * luck()));
    // Moves the share `distance` of the target's mass to a class of the GAN's own.
    const auto at_distance = [&](double d, std::size_t k) {
      return static_cast<float>(target[k] * (1 - d) + (k == gan % target.size() ? d : 0));
    };
    for (std::size_t k = 0; k < target.size(); ++k)
      result.distribution[gan * classes + k] = diverged ? nan : at_distance(distance, k);
    for (std::int64_t epoch = 0; gan < history_gans && epoch < trained; ++epoch) {
      const double then = distance + (.6 - std::min(distance, .6)) *
                                         std::exp(-6. * static_cast<double>(epoch + 1) / static_cast<double>(epochs));
      const std::size_t row = gan * static_cast<std::size_t>(epochs) + static_cast<std::size_t>(epoch);
      const bool gone = diverged && epoch + 1 == trained;
      result.history_total_variation[row] = gone ? nan : static_cast<float>(then);
      for (std::size_t k = 0; k < target.size(); ++k)
        result.history[row * classes + k] = gone ? nan : at_distance(then, k);
    }
  }
  result.backend = "cpu";
  result.target = "avx2";
  result.threads = 2;
  result.seconds = 12.5;
  result.lanes_busy = .97;
}

// Adds gradients, as at a temperature that is the last logarithmic axis: where that is low, few samples have one, or
// none, and the variance is large where a few do. Where GANs have diverged there is NaN.
inline void add_example_gradients(gumbelcuda::sweep_record& record, int samples = 256) {
  gumbelcuda::sweep_result& result = record.result;
  std::vector<double> position(result.num_gans, .5);
  for (const gumbelcuda::sweep_axis& axis : record.axes)
    if (axis.logarithmic) position = example_positions(axis);
  record.config.gradient_samples = samples;
  result.nonzero_gradients.clear();
  result.gradient_variance.clear();
  for (std::size_t gan = 0; gan < result.num_gans; ++gan) {
    const bool diverged = result.outcome[gan] == gumbelcuda::gan_outcome::diverged;
    const double luck = static_cast<double>(gan % 7) / 7;
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    const double counted = std::floor(samples * std::clamp(1.3 * position[gan] - .1 + .05 * luck, 0., 1.));
    const double variance = counted > 0 ? (.5 + luck) * std::pow(10, -1 - 5 * position[gan]) : 0;
    result.nonzero_gradients.push_back(diverged ? nan : static_cast<float>(counted / samples));
    result.gradient_variance.push_back(diverged ? nan : static_cast<float>(variance));
  }
}

// Every combination of the axes' values; the last axis changes fastest.
inline gumbelcuda::sweep_record example_sweep(const std::vector<example_axis>& axes, std::uint64_t history_gans = 0,
                                              std::int64_t epochs = 30) {
  gumbelcuda::sweep_record record;
  std::size_t gans = 1;
  for (const example_axis& axis : axes) gans *= axis.values.size();
  record.config.num_gans = gans;
  std::size_t repeat = gans;
  for (const example_axis& axis : axes) {
    repeat /= axis.values.size();
    gumbelcuda::sweep_axis whole{.name = axis.name, .words = axis.words, .logarithmic = axis.logarithmic};
    for (std::size_t gan = 0; gan < gans; ++gan) whole.value.push_back(axis.values[gan / repeat % axis.values.size()]);
    record.axes.push_back(std::move(whole));
  }
  fill_example(record, std::min<std::uint64_t>(history_gans, gans), epochs);
  return record;
}
