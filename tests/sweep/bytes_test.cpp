// SPDX-License-Identifier: Apache-2.0
// A sweep's result has the same bytes on every instruction set, for any number of threads, and whatever a GAN's
// neighbours are. Where its GANs are those of a fleet, it has the fleet's.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <ostream>

#include "gumbelcuda/sweep.hpp"
#include "tests/gan/golden.hpp"
#include "tests/gan/same_result.hpp"
#include "tests/sweep/alone.hpp"

namespace gumbelcuda {
namespace {

sweep_result train(const sweep_config& config, const std::string& target = "", int threads = 1) {
  fleet_execution execution;
  execution.threads = threads;
  execution.cpu_target = target;
  return train_sweep(config, execution);
}

void expect_same(const sweep_result& a, const sweep_result& b) {
  EXPECT_TRUE(same_bytes(a.distribution, b.distribution));
  EXPECT_TRUE(same_bytes(a.logits, b.logits));
  EXPECT_TRUE(same_bytes(a.total_variation, b.total_variation));
  EXPECT_TRUE(same_bytes(a.generator_loss, b.generator_loss));
  EXPECT_TRUE(same_bytes(a.discriminator_loss, b.discriminator_loss));
  EXPECT_TRUE(same_bytes(a.history, b.history));
  EXPECT_TRUE(same_bytes(a.history_total_variation, b.history_total_variation));
  EXPECT_TRUE(same_bytes(a.history_generator_loss, b.history_generator_loss));
  EXPECT_TRUE(same_bytes(a.history_discriminator_loss, b.history_discriminator_loss));
  EXPECT_EQ(a.outcome, b.outcome);
  EXPECT_EQ(a.epochs, b.epochs);
  EXPECT_EQ(a.steps, b.steps);
}

struct fleet_case {
  int classes, batch, generator_steps;
  float temperature, learning_rate;
  friend std::ostream& operator<<(std::ostream& out, const fleet_case& c) {
    return out << c.classes << " classes, batch " << c.batch << ", " << c.generator_steps << " generator updates, tau "
               << c.temperature << ", rate " << c.learning_rate;
  }
};

class AFleetAsASweep : public testing::TestWithParam<fleet_case> {};

TEST_P(AFleetAsASweep, HasTheFleetsBytes) {
  const fleet_case& c = GetParam();
  fleet_config fleet;
  fleet.num_gans = fleet.history_gans = 35;
  fleet.target = golden::some_target(c.classes);
  fleet.epochs = 2;
  fleet.steps_per_epoch = 4;
  fleet.batch_size = c.batch;
  fleet.generator_steps = c.generator_steps;
  fleet.temperature = {c.temperature};
  fleet.generator_learning_rate = fleet.discriminator_learning_rate = {c.learning_rate};
  fleet.seed = 0x123456789abcdef0;
  fleet.first_gan = (std::uint64_t{1} << 32) - 7;  // rows on both sides of 2^32
  const fleet_result expected = train_fleet(fleet);
  sweep_config config;
  config.num_gans = config.history_gans = fleet.num_gans;
  config.target = {fleet.target};
  config.epochs = {fleet.epochs};
  config.steps_per_epoch = fleet.steps_per_epoch;
  config.batch_size = {c.batch};
  config.generator_steps = {c.generator_steps};
  config.temperature = {constant_temperature(c.temperature)};
  config.generator_learning_rate = config.discriminator_learning_rate = fleet.generator_learning_rate;
  config.seed = {fleet.seed};
  config.first_gan = fleet.first_gan;
  for (const std::string& target : cpu_targets()) {
    SCOPED_TRACE(target);
    const sweep_result sweep = train(config, target);
    EXPECT_TRUE(same_bytes(sweep.distribution, expected.distribution));
    EXPECT_TRUE(same_bytes(sweep.logits, expected.logits));
    EXPECT_TRUE(same_bytes(sweep.generator_loss, expected.generator_loss));
    EXPECT_TRUE(same_bytes(sweep.discriminator_loss, expected.discriminator_loss));
    EXPECT_TRUE(same_bytes(sweep.history, expected.history));
  }
}

// K and batches on both sides of 16, where sums have other slots, and K on both sides of the arrays' 32.
INSTANTIATE_TEST_SUITE_P(Shapes, AFleetAsASweep,
                         testing::Values(fleet_case{5, 10, 10, 1e-3f, 7e-4f}, fleet_case{5, 10, 3, .5f, 1e-2f},
                                         fleet_case{2, 1, 1, 0, 1e-2f}, fleet_case{17, 17, 2, 1, 1e-2f},
                                         fleet_case{32, 16, 2, .1f, 1e-2f}, fleet_case{33, 7, 2, 3, 1e-2f}));

// GANs that differ in everything, so that neighbours in a vector do.
sweep_config mixed() {
  sweep_config config;
  config.num_gans = config.history_gans = 41;
  config.steps_per_epoch = 3;
  config.target.clear();
  config.problem.clear();
  config.seed.clear();
  config.generator_learning_rate.clear();
  config.discriminator_learning_rate.clear();
  config.beta_1.clear();
  config.beta_2.clear();
  config.epsilon.clear();
  config.temperature.clear();
  config.batch_size.clear();
  config.epochs.clear();
  config.initial_logits.clear();
  config.generator_steps = {2};
  for (int i = 0; i < 41; ++i) {
    const int classes = i % 7 == 0 ? 4 : 3;
    std::vector<double> target(std::size_t(classes), 0);
    target[std::size_t(i) % 3] = .75;
    target[std::size_t(i + 1) % 3] = .25;
    config.target.push_back(target);
    gan_problem problem;
    problem.weight_clip = i % 3 == 0 ? .5f + .01f * float(i) : 0;
    problem.gradient_penalty = i % 2 == 0 ? .1f * float(i + 1) : 0;
    if (i % 5 == 1) {
      problem.hidden_layers = 2;
      problem.hidden_width[0] = 3;
      problem.hidden_width[1] = 4;
      problem.activation = gan_activation::tanh;
    }
    if (i % 5 == 2) problem.hidden_width[2] = 77;  // of no layer: not looked at
    problem.smoothing = gan_smoothing(i % 4);
    problem.smoothing_amount = .01f * float(i);
    config.problem.push_back(problem);
    config.seed.push_back(i % 2 ? 5 : 1234567890123456789u + unsigned(i));
    config.generator_learning_rate.push_back(.01f + .001f * float(i));
    config.discriminator_learning_rate.push_back(.02f + .001f * float(i));
    config.beta_1.push_back(.5 + .01 * i);
    config.beta_2.push_back(.9 + .001 * i);
    config.epsilon.push_back(1e-8f * float(i));
    temperature_schedule schedule{schedule_shape(i % 3), 1 + i % 3, {{0, 2}, {4, 1}, {7, .25f}}};
    config.temperature.push_back(schedule);
    config.batch_size.push_back(3 + i % 2);
    config.epochs.push_back(1 + i % 4);
    config.initial_logits.push_back(std::vector<float>(std::size_t(classes), .1f * float(i)));
    config.initial_logits.back()[1] = -.5f;
  }
  return config;
}

TEST(MixedSweep, HasTheSameBytesOnEveryInstructionSetAndForAnyNumberOfThreads) {
  const sweep_result expected = train(mixed(), "scalar");
  for (const std::string& target : cpu_targets())
    for (const int threads : {1, 3}) {
      SCOPED_TRACE(target + ", " + std::to_string(threads));
      expect_same(train(mixed(), target, threads), expected);
    }
}

TEST(MixedSweep, GivesEachGanWhatItHasAlone) {
  const sweep_result together = train(mixed());
  const auto classes = std::size_t(together.most_classes), epochs = std::size_t(together.most_epochs);
  for (std::uint64_t gan = 0; gan < mixed().num_gans; ++gan) {
    SCOPED_TRACE(gan);
    const sweep_result alone = train(alone_of(mixed(), gan));
    const auto k = std::size_t(alone.most_classes);
    EXPECT_EQ(together.classes[gan], alone.classes[0]);
    EXPECT_EQ(std::memcmp(&together.logits[gan * classes], alone.logits.data(), k * sizeof(float)), 0);
    EXPECT_EQ(std::memcmp(&together.generator_loss[gan], &alone.generator_loss[0], sizeof(float)), 0);
    EXPECT_EQ(together.epochs[gan], alone.epochs[0]);
    for (std::size_t e = 0; e < std::size_t(alone.most_epochs); ++e)
      EXPECT_EQ(std::memcmp(&together.history[(gan * epochs + e) * classes], &alone.history[e * k], k * sizeof(float)),
                0);
    for (std::size_t i = k; i < classes; ++i) EXPECT_EQ(together.logits[gan * classes + i], 0);
  }
}

// Each estimator, loss, optimiser, discriminator and order of data, on every instruction set.
struct problem_case {
  const char* name;
  gan_problem problem;
  bool data = false;
  data_order order = data_order::file;
  friend std::ostream& operator<<(std::ostream& out, const problem_case& c) { return out << c.name; }
};

class EveryProblem : public testing::TestWithParam<problem_case> {};

TEST_P(EveryProblem, HasTheSameBytesOnEveryInstructionSet) {
  sweep_config config;
  config.num_gans = 9;
  config.problem = {GetParam().problem};
  config.target = {{.1, .2, .3, .4}};
  if (GetParam().data) config.data = {0, 1, 2, 3, 3, 2, 1, 3, 2, 3};
  config.order = GetParam().order;
  config.temperature = {constant_temperature(.5f)};
  config.generator_learning_rate = config.discriminator_learning_rate = {.02f};
  config.epochs = {2};
  config.steps_per_epoch = 5;
  config.batch_size = {6};
  config.generator_steps = {2};
  const sweep_result expected = train(config, "scalar");
  for (const float x : expected.logits) ASSERT_TRUE(std::isfinite(x));
  for (const std::string& target : cpu_targets()) {
    SCOPED_TRACE(target);
    expect_same(train(config, target), expected);
  }
}

gan_problem perceptron_of(int layers, gan_activation activation, float penalty = 0) {
  gan_problem problem;
  problem.hidden_layers = layers;
  for (int l = 0; l < layers; ++l) problem.hidden_width[l] = 7 - l;
  problem.activation = activation;
  problem.gradient_penalty = penalty;
  problem.initializer = gan_initializer::he_uniform;
  return problem;
}
gan_problem with_loss(gan_loss loss) {
  gan_problem problem;
  problem.loss = loss;
  return problem;
}
gan_problem with_estimator(gan_estimator estimator) {
  gan_problem problem = perceptron_of(1, gan_activation::leaky_relu);
  problem.estimator = estimator;
  problem.inner_samples = 3;
  return problem;
}
gan_problem with_optimizer(gan_optimizer optimizer) {
  gan_problem problem;
  problem.optimizer = optimizer;
  return problem;
}

INSTANTIATE_TEST_SUITE_P(
    All, EveryProblem,
    testing::Values(problem_case{"one layer", perceptron_of(1, gan_activation::leaky_relu)},
                    problem_case{"three layers, penalty", perceptron_of(3, gan_activation::tanh, 1)},
                    problem_case{"two layers, penalty", perceptron_of(2, gan_activation::leaky_relu, 10)},
                    problem_case{"saturating", with_loss(gan_loss::saturating)},
                    problem_case{"hinge", with_loss(gan_loss::hinge)},
                    problem_case{"wasserstein", with_loss(gan_loss::wasserstein)},
                    problem_case{"straight-through", with_estimator(gan_estimator::straight_through)},
                    problem_case{"gumbel_rao", with_estimator(gan_estimator::gumbel_rao)},
                    problem_case{"score function", with_estimator(gan_estimator::score_function)},
                    problem_case{"adam_pytorch", with_optimizer(gan_optimizer::adam_pytorch)},
                    problem_case{"sgd", with_optimizer(gan_optimizer::sgd)},
                    problem_case{"rmsprop", with_optimizer(gan_optimizer::rmsprop)}, problem_case{"data", {}, true},
                    problem_case{"shuffled", {}, true, data_order::shuffled},
                    problem_case{"iid", {}, true, data_order::iid}));

}  // namespace
}  // namespace gumbelcuda
