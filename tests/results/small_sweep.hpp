// SPDX-License-Identifier: Apache-2.0
// A synthetic sweep in which every setting differs between GANs, or none, with GANs of 2, 3 and 4 classes, one of which
// has diverged; gradients have been looked at where settings differ.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "host/sweep_record.hpp"

inline gumbelcuda::sweep_record small_sweep(bool varied = true, std::uint64_t history_gans = 2) {
  using namespace gumbelcuda;
  sweep_record record;
  sweep_config& config = record.config;
  config.num_gans = 6;
  config.first_gan = 1000;
  config.steps_per_epoch = 7;
  config.until_total_variation = .25;
  config.history_gans = history_gans;
  record.tolerance = .125;
  config.epochs = {3};
  if (varied) {
    config.target = {{.5, .5}, {.2, .3, .5}, {.25, .25, .25, .25}, {.5, .5}, {.2, .3, .5}, {0, .5, 0, .5}};
    config.initial_logits = {{1, 2}, {1, 2, 3}, {1, 2, 3, 4}, {-1, -2}, {5, 6, 7}, {8, 9, 10, 11}};
    config.problem.resize(6);
    config.problem[1] = {.hidden_layers = 2, .hidden_width = {4, 5, 0}, .activation = gan_activation::tanh};
    config.problem[2] = {.initializer = gan_initializer::he_uniform, .loss = gan_loss::hinge, .weight_clip = .5f};
    config.problem[3] = {.gradient_penalty = 10, .estimator = gan_estimator::gumbel_rao, .inner_samples = 3};
    config.problem[4] = {.optimizer = optimizer_kind::sgd, .smoothing = gan_smoothing::label, .smoothing_amount = .1f};
    config.seed = {1, 2, 3, 4, 5, ~std::uint64_t{0}};
    config.generator_learning_rate = {.1f, .2f, .3f, .4f, .5f, .6f};
    config.discriminator_learning_rate = {.6f, .5f, .4f, .3f, .2f, .1f};
    config.beta_1 = {0, .1, .2, .3, .4, .5};
    config.beta_2 = {.9, .91, .92, .93, .94, .95};
    config.epsilon = {1e-8f, 1e-7f, 1e-6f, 1e-5f, 1e-4f, 1e-3f};
    config.temperature.assign(6, constant_temperature(.5f));
    config.temperature[2] = {
        .shape = schedule_shape::cosine, .knot_count = 3, .knots = {{0, 2.f}, {10, 1.f}, {20, .5f}}};
    config.batch_size = {1, 2, 3, 4, 5, 6};
    config.generator_steps = {6, 5, 4, 3, 2, 1};
    config.epochs = {1, 2, 3, 4, 3, 2};
    config.gradient_samples = 8;
    record.axes = {{"generator_learning_rate", {.1, .2, .3, .4, .5, .6}, {}, true},
                   {"target", {0, 1, 2, 0, 1, 3}, {"0.5,0.5", "0.2,\"0.3\"", "ä", ""}, false}};
  }
  sweep_result& result = record.result;
  result.num_gans = 6;
  for (std::size_t gan = 0; gan < 6; ++gan) {
    const auto& target = config.target[varied ? gan : 0];
    result.most_classes = std::max(result.most_classes, static_cast<int>(target.size()));
    result.most_epochs = std::max(result.most_epochs, config.epochs[varied ? gan : 0]);
  }
  const auto most = static_cast<std::size_t>(result.most_classes);
  for (std::size_t gan = 0; gan < 6; ++gan) {
    const auto& target = config.target[varied ? gan : 0];
    const bool diverged = gan == 4;
    const float nan = std::numeric_limits<float>::quiet_NaN(), number = .0625f * static_cast<float>(gan);
    result.classes.push_back(static_cast<int>(target.size()));
    for (std::size_t k = 0; k < most; ++k) {
      const bool there = k < target.size();
      result.distribution.push_back(!there ? 0 : diverged ? nan : static_cast<float>(target[k]));
      result.logits.push_back(!there ? 0 : diverged ? nan : number + static_cast<float>(k));
    }
    result.outcome.push_back(diverged ? gan_outcome::diverged : gan == 1 ? gan_outcome::converged : gan_outcome::end);
    result.epochs.push_back(config.epochs[varied ? gan : 0]);
    result.steps.push_back(7 * result.epochs.back());
    result.total_variation.push_back(diverged ? nan : .0625f * static_cast<float>(6 - gan));
    result.generator_loss.push_back(diverged ? nan : .5f + number);
    result.discriminator_loss.push_back(diverged ? nan : .25f + number);
    if (config.gradient_samples == 0) continue;
    result.nonzero_gradients.push_back(diverged ? nan : .125f * static_cast<float>(gan));
    result.gradient_variance.push_back(diverged ? nan : 10 * number);
  }
  result.history_gans = history_gans;
  const std::size_t epochs = history_gans * static_cast<std::size_t>(result.most_epochs);
  result.history.assign(epochs * most, .25f);
  result.history_total_variation.assign(epochs, .5f);
  result.history_generator_loss.assign(epochs, .75f);
  result.history_discriminator_loss.assign(epochs, 1.5f);
  result.backend = "cpu";
  result.target = "avx2";
  result.threads = 2;
  result.seconds = 2;
  return record;
}
