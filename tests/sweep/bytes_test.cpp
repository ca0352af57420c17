// SPDX-License-Identifier: Apache-2.0
// A sweep's result has the same bytes on every instruction set, for any number of threads, and whatever a GAN's
// neighbours are. Where its GANs are those of a fleet, it has the fleet's.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <ostream>

#include "gumbelcuda/sweep.hpp"
#include "tests/gan/golden.hpp"
#include "tests/gan/same_result.hpp"
#include "tests/sweep/alone.hpp"
#include "tests/sweep/mixed_sweep.hpp"

namespace gumbelcuda {
namespace {

sweep_result train(const sweep_config& config, const std::string& target = "", int threads = 1) {
  fleet_execution execution;
  execution.threads = threads;
  execution.cpu_target = target;
  return train_sweep(config, execution);
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

// The second one's schedules begin where no vector races, and end where some do and all.
TEST(MixedSweep, HasTheSameBytesOnEveryInstructionSetAndForAnyNumberOfThreads) {
  for (const float coldest : {.25f, 2e-3f}) {
    const sweep_config config = mixed(coldest);
    const sweep_result expected = train(config, "scalar");
    for (const std::string& target : cpu_targets())
      for (const int threads : {1, 3}) {
        SCOPED_TRACE(target + ", " + std::to_string(threads));
        expect_same(train(config, target, threads), expected);
      }
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
    EXPECT_EQ(together.steps[gan], alone.steps[0]);
    EXPECT_EQ(together.outcome[gan], alone.outcome[0]);
    for (const auto of_gans : {&sweep_result::total_variation, &sweep_result::discriminator_loss,
                               &sweep_result::nonzero_gradients, &sweep_result::gradient_variance})
      EXPECT_EQ(std::memcmp(&(together.*of_gans)[gan], (alone.*of_gans).data(), sizeof(float)), 0);
    for (std::size_t e = 0; e < std::size_t(alone.most_epochs); ++e)
      EXPECT_EQ(std::memcmp(&together.history[(gan * epochs + e) * classes], &alone.history[e * k], k * sizeof(float)),
                0);
    for (std::size_t i = k; i < classes; ++i) EXPECT_EQ(together.logits[gan * classes + i], 0);
  }
}

// At a τ at which vectors race, with weights that grow until their products overflow: a one-hot sample's gradient is
// then 0·∞. At first all GANs race, then some, then none.
TEST(RacingPerceptrons, HaveTheSameBytesWhereSlopesOverflow) {
  sweep_config config;
  config.num_gans = 35;
  config.problem = {perceptron_of(3, gan_activation::leaky_relu)};
  config.problem[0].loss = gan_loss::wasserstein;
  config.problem[0].optimizer = optimizer_kind::sgd;
  config.temperature = {constant_temperature(1e-6f)};  // nearly every sample is certain
  config.discriminator_learning_rate.clear();
  for (int i = 0; i < 35; ++i) config.discriminator_learning_rate.push_back(std::pow(10.0f, .4f * float(i)));
  config.epochs = {4};
  config.steps_per_epoch = 2;
  const sweep_result expected = train(config, "scalar");
  for (const std::string& target : cpu_targets()) {
    SCOPED_TRACE(target);
    expect_same(train(config, target), expected);
  }
  EXPECT_NE(std::count(expected.outcome.begin(), expected.outcome.end(), gan_outcome::diverged), 0);
}

// A vector whose first GANs share a seed and whose last does not.
TEST(Seeds, MayDifferInAnyElementOfAVector) {
  sweep_config config;
  config.num_gans = 64;
  config.seed.assign(64, 1);
  config.seed.back() = config.seed[31] = config.seed[15] = 2;
  config.epochs = {1};
  config.steps_per_epoch = 2;
  const sweep_result expected = train(config, "scalar");
  for (const std::string& target : cpu_targets()) {
    SCOPED_TRACE(target);
    expect_same(train(config, target), expected);
  }
}

class EveryProblem : public testing::TestWithParam<problem_case> {};

TEST_P(EveryProblem, HasTheSameBytesOnEveryInstructionSet) {
  for (const float temperature : {.5f, 1e-3f}) {
    sweep_config config = sweep_of(GetParam(), temperature);
    config.batch_size = {6, 6, 6, 6, 6, 6, 6, 6, 17};
    const sweep_result expected = train(config, "scalar");
    for (const float x : expected.logits) ASSERT_TRUE(std::isfinite(x));
    for (const std::string& target : cpu_targets()) {
      SCOPED_TRACE(target);
      expect_same(train(config, target), expected);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, EveryProblem, testing::ValuesIn(every_problem()));

// FNV-1a of the bytes.
std::uint64_t fingerprint(const sweep_result& result) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const auto* values : {&result.logits, &result.generator_loss, &result.discriminator_loss,
                             &result.nonzero_gradients, &result.gradient_variance})
    for (const float value : *values) {
      std::uint32_t bits;
      std::memcpy(&bits, &value, sizeof bits);
      for (int byte = 0; byte < 4; ++byte) hash = (hash ^ ((bits >> 8 * byte) & 0xff)) * 0x100000001b3;
    }
  return hash;
}

// Recorded: once there is a release, neither the positions in the noise stream nor what is done with the words may
// move.
TEST(RecordedBytes, OfEveryProblemStay) {
  const std::vector<std::uint64_t> recorded{
      0x2292f2e125bdacbf, 0x530914557a796b61, 0x6a4e45fb48e76f69, 0xb7adb4b9c5bc7333,
      0xfe225993d51ed6cc, 0xf1b7a6fb4790e951, 0xc979694cf7de9445, 0x35bce5a5724f41ec,
      0xdb30d79d6c3a6845, 0xc6f821288a71ebd6, 0x1113bfbfe2d1785c, 0x0bb4c0575cfe68de,
      0x04960a1045f2d084, 0x91c15b2cd6ca6d0d, 0xd2fe4d99d6993210, 0x6f281b7858f96fdd};
  const std::vector<problem_case> problems = every_problem();
  ASSERT_EQ(problems.size() + 1, recorded.size());
  for (std::size_t i = 0; i < problems.size(); ++i)
    EXPECT_EQ(fingerprint(train(sweep_of(problems[i]))), recorded[i]) << problems[i].name;
  EXPECT_EQ(fingerprint(train(mixed())), recorded.back());
}

}  // namespace
}  // namespace gumbelcuda
