// SPDX-License-Identifier: Apache-2.0
// Sweeps as callers see them: learning, stopping early, divergence, progress, and what is refused.
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "gumbelcuda/error.hpp"
#include "gumbelcuda/math/philox.hpp"
#include "gumbelcuda/sweep.hpp"
#include "tests/sweep/alone.hpp"

namespace gumbelcuda {
namespace {

TEST(Sweep, LearnsTheArticlesDistributionWithTheDefaults) {
  sweep_config config;
  config.num_gans = 8;
  const sweep_result result = train_sweep(config);
  ASSERT_EQ(result.most_classes, 5);
  for (const float distance : result.total_variation) EXPECT_LT(distance, .1f);
  for (const gan_outcome outcome : result.outcome) EXPECT_EQ(outcome, gan_outcome::end);
}

TEST(Sweep, StopsAGanAtTheEndOfTheEpochThatBringsItCloseEnough) {
  sweep_config config;
  config.num_gans = config.history_gans = 5;
  config.until_total_variation = .2;
  const sweep_result result = train_sweep(config);
  const auto epochs = std::size_t(result.most_epochs);
  for (std::size_t gan = 0; gan < 5; ++gan) {
    ASSERT_EQ(result.outcome[gan], gan_outcome::converged);
    const auto last = std::size_t(result.epochs[gan]) - 1;
    for (std::size_t e = 0; e < epochs; ++e) {
      const float distance = result.history_total_variation[gan * epochs + e];
      if (e < last) {
        EXPECT_GT(distance, .2f);
      } else {
        EXPECT_EQ(distance, result.total_variation[gan]);  // it stays what it was at its end
      }
    }
    EXPECT_LE(result.total_variation[gan], .2f);
    EXPECT_EQ(result.steps[gan], result.epochs[gan] * config.steps_per_epoch);
  }
}

TEST(Sweep, TrainsAGanThatDivergedNoFurtherAndNamesTheStep) {
  sweep_config config;
  config.num_gans = config.history_gans = 3;
  config.generator_learning_rate = {.01f, 3e38f, .01f};
  config.temperature = {constant_temperature(1)};
  config.epochs = {4};
  config.steps_per_epoch = 2;
  const sweep_result result = train_sweep(config);
  EXPECT_EQ(result.outcome[1], gan_outcome::diverged);
  EXPECT_LT(result.steps[1], 8);
  EXPECT_GE(result.steps[1], 1);
  EXPECT_EQ(result.epochs[1], (result.steps[1] + 1) / 2);
  EXPECT_TRUE(std::isnan(result.total_variation[1]));
  // The step is the first after which a parameter is not finite: one step less, and all are.
  sweep_config shorter = alone_of(config, 1);
  shorter.epochs = {1};
  shorter.steps_per_epoch = result.steps[1];
  EXPECT_EQ(train_sweep(shorter).outcome[0], gan_outcome::diverged);
  if (result.steps[1] > 1) {
    shorter.steps_per_epoch = result.steps[1] - 1;
    EXPECT_EQ(train_sweep(shorter).outcome[0], gan_outcome::end);
  }
  for (const std::uint64_t neighbour : {0u, 2u}) {
    const sweep_result alone = train_sweep(alone_of(config, neighbour));
    for (std::size_t k = 0; k < 5; ++k) EXPECT_EQ(result.logits[neighbour * 5 + k], alone.logits[k]);
  }
}

TEST(Sweep, KeepsItsVectorsBusyWhereLengthsDifferByTen) {
  sweep_config config;
  config.num_gans = 2048;
  config.steps_per_epoch = 1;
  config.batch_size = {1};
  config.generator_steps = {1};
  config.epochs.clear();
  for (int i = 0; i < 2048; ++i) config.epochs.push_back(4 + i * 7 % 37);
  fleet_execution execution;
  execution.threads = 1;
  EXPECT_GT(train_sweep(config, execution).lanes_busy, .9);
}

TEST(Sweep, TellsHowManyGradientsAreZeroAtSmallTemperatures) {
  sweep_config config;
  config.num_gans = 3;
  config.epochs = {1};
  config.gradient_samples = 1000;
  config.temperature = {constant_temperature(0), constant_temperature(1e-3f), constant_temperature(1)};
  const sweep_result result = train_sweep(config);
  EXPECT_EQ(result.nonzero_gradients[0], 0);
  EXPECT_EQ(result.gradient_variance[0], 0);
  // One sample in fourteen at K = 5 and equal logits (detail/racing_samples.hpp); 4 standard errors.
  EXPECT_NEAR(result.nonzero_gradients[1], 1 / 14., 4 * std::sqrt(1 / 14. / 1000));
  EXPECT_EQ(result.nonzero_gradients[2], 1);
}

// Neither network has moved: logits are 1, and the weights are those of the noise stream.
TEST(Sweep, GivesTheVarianceOfItsSamplesGradients) {
  constexpr int classes = 3, samples = 10;
  sweep_config config;
  config.target = {{.2, .3, .5}};
  config.epochs = {1};
  config.steps_per_epoch = 1;
  config.generator_learning_rate = config.discriminator_learning_rate = {1e-30f};
  config.temperature = {constant_temperature(.7f)};
  config.problem[0].loss = gan_loss::wasserstein;
  config.gradient_samples = samples;
  const sweep_result result = train_sweep(config);
  const stream_row row{42, 0};
  double gradient[samples][classes], mean[classes] = {}, variance = 0;
  for (int s = 0; s < samples; ++s) {
    double y[classes], weights[classes], total = 0, slope = 0;
    for (int k = 0; k < classes; ++k) {
      const double x = row((std::uint64_t{6} << 60) + std::uint64_t(s / 4 * classes + k)).word[s % 4];
      y[k] = std::exp(-std::log(-std::log1p(-(x + .5) * 0x1p-32)) / .7f);
      total += y[k];
      weights[k] = std::sqrt(6. / (classes + 1)) * ((2. * row(0).word[k] + 1) * 0x1p-32 - 1);
    }
    for (int k = 0; k < classes; ++k) slope += y[k] / total * weights[k];
    for (int k = 0; k < classes; ++k) {
      gradient[s][k] = -y[k] / total * (weights[k] - slope) / .7f;
      mean[k] += gradient[s][k] / samples;
    }
  }
  for (const auto& of_sample : gradient)
    for (int k = 0; k < classes; ++k) variance += (of_sample[k] - mean[k]) * (of_sample[k] - mean[k]) / (samples - 1);
  EXPECT_NEAR(result.gradient_variance[0] / variance, 1, 1e-5);  // some thirty roundings to float
}

TEST(Sweep, PassesOnWhatItsCallersCallbackThrows) {
  sweep_config config;
  config.num_gans = 100000;
  fleet_execution execution;
  execution.on_progress = [](const progress_report&) { throw 7; };
  EXPECT_THROW(train_sweep(config, execution), int);
}

TEST(Sweep, StopsInMidTraining) {
  sweep_config config;
  config.num_gans = 100000;
  std::atomic<bool> stop{false};
  fleet_execution execution;
  execution.stop = &stop;
  execution.on_progress = [&](const progress_report&) { stop = true; };
  EXPECT_THROW(train_sweep(config, execution), interrupted);
}

TEST(Sweep, RefusesAResultThatNoMachineHolds) {
  sweep_config config;
  config.num_gans = config.history_gans = std::uint64_t{1} << 24;
  config.epochs = {std::int64_t{1} << 40};
  config.steps_per_epoch = 1;
  config.generator_steps = {1};
  EXPECT_THROW(train_sweep(config), invalid_argument);
}

TEST(Sweep, StopsWhenItIsTold) {
  const std::atomic<bool> stop{true};
  fleet_execution execution;
  execution.stop = &stop;
  EXPECT_THROW(train_sweep({}, execution), interrupted);
}

struct refusal {
  const char *argument, *message;
  std::function<void(sweep_config&)> spoil;
};

TEST(Sweep, RefusesWhatIsWrongByNameAndValue) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<refusal> refusals{
      {"num_gans", "0 is not in 1", [](sweep_config& c) { c.num_gans = 0; }},
      {"target", "2 values",
       [](sweep_config& c) {
         c.target = {{.5, .5}, {.5, .5}};
       }},
      {"target[1]", "sum to 0.5",
       [](sweep_config& c) {
         c.target = {{1, 0}, {.25, .25}, {1, 0}};
       }},
      {"data", "number 1 is class 5",
       [](sweep_config& c) {
         c.data = {4, 5};
       }},
      {"target", "with data",
       [](sweep_config& c) {
         c.data = {0};
         c.target = {{1, 0}, {1, 0}, {1, 0}};
       }},
      {"target", "its share of the data is 1",
       [](sweep_config& c) {
         c.data = {0, 0};
         c.target = {{.5, .5}};
       }},
      {"problem", "2 values", [](sweep_config& c) { c.problem.resize(2); }},
      {"problem.hidden_layers", "4 is not in 0 … 3", [](sweep_config& c) { c.problem[0].hidden_layers = 4; }},
      {"problem[1].hidden_width[0]", "65 is not in 1 … 64",
       [](sweep_config& c) {
         c.problem.resize(3);
         c.problem[1].hidden_layers = 1;
         c.problem[1].hidden_width[0] = 65;
       }},
      {"problem.loss", "7 is none", [](sweep_config& c) { c.problem[0].loss = gan_loss(7); }},
      {"problem.weight_clip", "nan", [&](sweep_config& c) { c.problem[0].weight_clip = nan; }},
      {"problem.gradient_penalty", "-1 is not 0", [](sweep_config& c) { c.problem[0].gradient_penalty = -1; }},
      {"problem.smoothing_amount", "1.5 is not in 0 … 1",
       [](sweep_config& c) {
         c.problem[0].smoothing = gan_smoothing::label;
         c.problem[0].smoothing_amount = 1.5f;
       }},
      {"problem.inner_samples", "65",
       [](sweep_config& c) {
         c.problem[0].estimator = gan_estimator::gumbel_rao;
         c.problem[0].inner_samples = 65;
       }},
      {"seed", "2 values",
       [](sweep_config& c) {
         c.seed = {1, 2};
       }},
      {"first_gan", "is not below", [](sweep_config& c) { c.first_gan = ~std::uint64_t{0}; }},
      {"generator_learning_rate", "0 is not above 0", [](sweep_config& c) { c.generator_learning_rate = {0}; }},
      {"discriminator_learning_rate", "nan", [&](sweep_config& c) { c.discriminator_learning_rate = {nan}; }},
      {"beta_1", "1 is not in", [](sweep_config& c) { c.beta_1 = {1}; }},
      {"beta_2[2]", "-0.1",
       [](sweep_config& c) {
         c.beta_2 = {0, 0, -.1};
       }},
      {"epsilon", "0 is not above 0", [](sweep_config& c) { c.epsilon = {0}; }},
      {"epsilon", "-1 is not", [](sweep_config& c) { c.epsilon = {-1}; }},
      {"temperature.knot_count", "9 is not in", [](sweep_config& c) { c.temperature[0].knot_count = 9; }},
      {"batch_size", "4097 is not in 1 … 4096", [](sweep_config& c) { c.batch_size = {4097}; }},
      {"generator_steps", "0 is not in 1 … 1000", [](sweep_config& c) { c.generator_steps = {0}; }},
      {"epochs[1]", "0 is not in",
       [](sweep_config& c) {
         c.epochs = {1, 0, 1};
       }},
      {"epochs", "more than", [](sweep_config& c) { c.epochs = {std::int64_t{1} << 39}; }},
      {"steps_per_epoch", "0 is not in", [](sweep_config& c) { c.steps_per_epoch = 0; }},
      {"initial_logits", "2 of them, but GAN 0 has 5",
       [](sweep_config& c) {
         c.initial_logits = {{1, 2}};
       }},
      {"initial_logits", "inf is not finite",
       [](sweep_config& c) {
         c.initial_logits = {{0, 0, 0, 0, std::numeric_limits<float>::infinity()}};
       }},
      {"until_total_variation", "2 is neither", [](sweep_config& c) { c.until_total_variation = 2; }},
      {"gradient_samples", "1 is not in 2 … 4096", [](sweep_config& c) { c.gradient_samples = 1; }},
      {"history_gans", "4 is more than the 3", [](sweep_config& c) { c.history_gans = 4; }},
  };
  for (const refusal& r : refusals) {
    sweep_config config;
    config.num_gans = 3;
    validate(config);
    r.spoil(config);
    SCOPED_TRACE(std::string(r.argument) + ": " + r.message);
    try {
      train_sweep(config);
      ADD_FAILURE() << "was accepted";
    } catch (const invalid_argument& e) {
      EXPECT_EQ(e.argument(), r.argument);
      EXPECT_NE(std::string(e.what()).find(r.message), std::string::npos) << e.what();
    }
  }
}

}  // namespace
}  // namespace gumbelcuda
