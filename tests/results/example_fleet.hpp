// SPDX-License-Identifier: Apache-2.0
// Synthetic fleets: numbers from the standard library's generator, the same on every machine.
#pragma once

#include <random>

#include "gumbelcuda/fleet.hpp"

inline gumbelcuda::fleet_config example_config(std::uint64_t num_gans, std::uint64_t history_gans = 0) {
  gumbelcuda::fleet_config config;
  config.num_gans = num_gans;
  config.history_gans = history_gans;
  config.epochs = 3;
  config.seed = 0xfedcba9876543210;
  config.first_gan = 1ull << 40;
  return config;
}

inline gumbelcuda::fleet_result example_result(const gumbelcuda::fleet_config& config, unsigned seed = 1) {
  std::mt19937_64 engine(seed);
  const auto number = [&] { return static_cast<float>(engine() >> 40) * 0x1p-24f + 0x1p-30f; };
  const auto numbers = [&](std::size_t size) {
    std::vector<float> values(size);
    for (float& value : values) value = number();
    return values;
  };
  gumbelcuda::fleet_result result;
  const std::size_t gans = config.num_gans, classes = config.target.size();
  result.num_gans = gans;
  result.classes = static_cast<int>(classes);
  result.distribution = numbers(gans * classes);
  for (std::size_t gan = 0; gan < gans; ++gan) {
    float sum = 0;
    for (std::size_t k = 0; k < classes; ++k) sum += result.distribution[gan * classes + k];
    for (std::size_t k = 0; k < classes; ++k) result.distribution[gan * classes + k] /= sum;
  }
  result.logits = numbers(gans * classes);
  result.weights = numbers(gans * classes);
  result.bias = numbers(gans);
  result.generator_loss = numbers(gans);
  result.discriminator_loss = numbers(gans);
  result.history = numbers(config.history_gans * static_cast<std::size_t>(config.epochs) * classes);
  result.backend = "cpu";
  result.target = "avx2";
  result.threads = 3;
  result.seconds = 2.5;
  return result;
}
