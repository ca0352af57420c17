// SPDX-License-Identifier: Apache-2.0
// Determinism (docs/determinism.md): a fleet's result has the same bytes on every instruction set, for any number of
// threads, and however the fleet is split. Golden values keep the bytes the same from release to release.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "gumbelcuda/fleet.hpp"
#include "tests/gan/golden.hpp"
#include "tests/gan/same_result.hpp"

namespace gumbelcuda {
namespace {

fleet_result train(const fleet_config& config, const std::string& target = "", int threads = 1) {
  fleet_execution execution;
  execution.threads = threads;
  execution.cpu_target = target;
  return train_fleet(config, execution);
}

struct shape_case {
  int classes, batch, generator_steps;
  float temperature;
  std::uint64_t gans;
  float learning_rate = 7e-4f;
};

class EveryShape : public testing::TestWithParam<shape_case> {
 protected:
  fleet_config config() const {
    const shape_case& c = GetParam();
    fleet_config config;
    config.num_gans = c.gans;
    config.target = golden::some_target(c.classes);
    config.epochs = 2;
    config.steps_per_epoch = 4;
    config.batch_size = c.batch;
    config.generator_steps = c.generator_steps;
    config.temperature = {c.temperature};
    config.generator_learning_rate = config.discriminator_learning_rate = {c.learning_rate};
    config.history_gans = c.gans;
    config.seed = 0x123456789abcdef0;
    return config;
  }
};

TEST_P(EveryShape, GivesTheSameBytesOnEveryInstructionSetAndSplitIntoSingleGans) {
  // The scalar target computes every sample in full; the vector targets race, compact samples and work side by side.
  const fleet_result expected = train(config(), "scalar");
  for (const std::string& target : cpu_targets()) {
    SCOPED_TRACE(target);
    expect_same(train(config(), target), expected);

    fleet_config alone = config();
    alone.num_gans = alone.history_gans = 1;
    alone.first_gan = config().num_gans - 1;
    const fleet_result last = train(alone, target);
    const auto classes = std::size_t(expected.classes);
    EXPECT_EQ(std::memcmp(last.logits.data(), &expected.logits[(config().num_gans - 1) * classes], 4 * classes), 0);
    EXPECT_EQ(std::memcmp(last.weights.data(), &expected.weights[(config().num_gans - 1) * classes], 4 * classes), 0);
  }
}

INSTANTIATE_TEST_SUITE_P(
    FixedAndRunTimeSizes, EveryShape,
    testing::Values(shape_case{5, 10, 10, 1e-3f, 37}, shape_case{2, 10, 1, 1e-3f, 33}, shape_case{3, 10, 3, 1e-3f, 9},
                    shape_case{4, 10, 2, 5e-3f, 32}, shape_case{6, 10, 10, 1e-3f, 16}, shape_case{7, 10, 4, 2e-3f, 20},
                    shape_case{8, 10, 5, 1e-3f, 40}, shape_case{10, 10, 2, 1e-3f, 18}, shape_case{16, 10, 2, 1e-3f, 17},
                    // Batches on both sides of 16, where sums switch the number of slots, and of the vectors' widths.
                    shape_case{5, 1, 3, 1e-3f, 33}, shape_case{5, 3, 3, 1e-3f, 12}, shape_case{5, 16, 2, 1e-3f, 12},
                    shape_case{5, 17, 2, 1e-3f, 12}, shape_case{5, 33, 2, 1e-3f, 12}, shape_case{4, 64, 3, 1e-3f, 12},
                    shape_case{3, 131, 2, 1e-3f, 9}, shape_case{2, 4096, 1, 1e-3f, 9},
                    // Run-time numbers of classes, including the largest.
                    shape_case{9, 10, 2, 1e-3f, 12}, shape_case{17, 10, 2, 1e-3f, 12}, shape_case{33, 40, 1, 2e-3f, 12},
                    shape_case{1024, 3, 1, 1e-3f, 9}, shape_case{1024, 5, 1, .5f, 9}));

INSTANTIATE_TEST_SUITE_P(Temperatures, EveryShape,
                         testing::Values(shape_case{5, 10, 10, 0.f, 20}, shape_case{5, 10, 10, 1e-45f, 20},
                                         shape_case{5, 10, 10, 1e-20f, 20}, shape_case{5, 10, 10, 1e-4f, 20},
                                         shape_case{5, 10, 10, .0099f, 20}, shape_case{5, 10, 10, .0101f, 20},
                                         shape_case{5, 10, 10, .1f, 20}, shape_case{5, 10, 10, 1.f, 20},
                                         shape_case{5, 10, 10, 1e30f, 20}));

// Far outside of any useful training: logits of 10^3 … 10^38, then infinities and NaN. The race must not be used here.
INSTANTIATE_TEST_SUITE_P(RunawayLearningRates, EveryShape,
                         testing::Values(shape_case{5, 10, 10, 1e-3f, 20, 30.f}, shape_case{5, 10, 10, 1e-3f, 20, 1e3f},
                                         shape_case{5, 10, 10, 1e-3f, 20, 1e30f},
                                         shape_case{5, 10, 10, 1e-3f, 20, 3e38f}, shape_case{5, 10, 10, .5f, 20, 3e38f},
                                         shape_case{5, 10, 10, .9f, 20, 30.f}));

// Only the discriminator runs away: differences of weights overflow while logits stay small. A one-hot sample then has
// a gradient of 0·∞, which the race must not take for 0.
TEST(Fleet, GivesTheSameBytesWhereWeightsAreNearTheLargestFloat) {
  for (const float rate : {5e37f, 1e38f, 2e38f, 3e38f})
    for (const std::int64_t batch : {1, 2})
      for (const std::int64_t steps : {1, 2}) {
        SCOPED_TRACE(testing::Message() << "rate " << rate << ", batch " << batch << ", steps " << steps);
        fleet_config config;
        config.num_gans = 64;
        config.epochs = config.generator_steps = 1;
        config.steps_per_epoch = steps;
        config.batch_size = batch;
        config.discriminator_learning_rate = {rate};
        const fleet_result expected = train(config, "scalar");
        for (const std::string& target : cpu_targets()) {
          SCOPED_TRACE(target);
          expect_same(train(config, target), expected);
          for (config.first_gan = 0; config.first_gan < 8; ++config.first_gan) {
            fleet_config alone = config;
            alone.num_gans = 1;
            EXPECT_EQ(std::memcmp(train(alone, target).logits.data(), &expected.logits[5 * config.first_gan], 20), 0);
          }
          config.first_gan = 0;
        }
      }
}

// A sample of GAN 5866 has two equal best scores, so that its gradient is of size 1/τ. Training at any such τ is the
// same as in the limit, where logits learn from the tie alone.
TEST(Fleet, TrainsAsInTheLimitAtTheLeastTemperatures) {
  fleet_config config;
  config.num_gans = 2;
  config.first_gan = 5866;
  config.epochs = 2;
  config.steps_per_epoch = 6;
  for (const std::string& target : cpu_targets()) {
    SCOPED_TRACE(target);
    config.temperature = {0x1p-45f};
    const fleet_result limit = train(config, target);
    for (const float x : limit.logits) EXPECT_LT(std::abs(x), 2);
    for (const float temperature : {0x1p-50f, 1e-17f, 1e-25f, 1e-38f, std::numeric_limits<float>::denorm_min()}) {
      SCOPED_TRACE(temperature);
      config.temperature = {temperature};
      expect_same(train(config, target), limit);
    }
    config.temperature = {0};
    EXPECT_NE(train(config, target).logits[0], limit.logits[0]);
  }
}

fleet_config small_fleet(std::uint64_t gans) {
  fleet_config config;
  config.num_gans = gans;
  config.epochs = 1;
  config.steps_per_epoch = 2;
  return config;
}

TEST(Fleet, GivesTheSameBytesForAnyNumberOfThreads) {
  const fleet_result expected = train(small_fleet(300));
  for (const int threads : {2, 3, 7, 64}) expect_same(train(small_fleet(300), "", threads), expected);
}

TEST(Fleet, GanOfAFleetOfTenThousandEqualsTheSameGanAlone) {
  const fleet_result fleet = train(small_fleet(10000), "", 2);
  for (const std::uint64_t gan : {std::uint64_t{0}, std::uint64_t{31}, std::uint64_t{4999}, std::uint64_t{9999}}) {
    fleet_config alone = small_fleet(1);
    alone.first_gan = gan;
    const fleet_result one = train(alone);
    EXPECT_EQ(std::memcmp(one.logits.data(), &fleet.logits[gan * 5], 5 * sizeof(float)), 0) << gan;
    EXPECT_EQ(std::memcmp(one.weights.data(), &fleet.weights[gan * 5], 5 * sizeof(float)), 0) << gan;
  }
}

TEST(Fleet, RowsBeyond32BitsAreDistinctStreams) {
  fleet_config config = small_fleet(20);
  config.first_gan = (std::uint64_t{1} << 32) - 10;
  const fleet_result expected = train(config, "scalar");
  for (const std::string& target : cpu_targets()) expect_same(train(config, target), expected);
  EXPECT_FALSE(same_bytes(expected.logits, train(small_fleet(20)).logits));
}

TEST(Fleet, PerGanTemperaturesAndLearningRatesActOnTheirGanAlone) {
  const std::uint64_t gans = 40;
  fleet_config config = small_fleet(gans);
  config.temperature.clear();
  config.generator_learning_rate.clear();
  config.discriminator_learning_rate.clear();
  for (std::uint64_t i = 0; i < gans; ++i) {
    config.temperature.push_back(i % 3 == 0 ? .5f : 1e-3f * float(1 + i % 7));
    config.generator_learning_rate.push_back(1e-4f * float(1 + i));
    config.discriminator_learning_rate.push_back(3e-4f * float(1 + i % 5));
  }
  const fleet_result expected = train(config, "scalar");
  for (const std::string& target : cpu_targets()) expect_same(train(config, target), expected);
  for (const std::uint64_t gan : {std::uint64_t{0}, std::uint64_t{17}, std::uint64_t{39}}) {
    fleet_config alone = small_fleet(1);
    alone.first_gan = gan;
    alone.temperature = {config.temperature[gan]};
    alone.generator_learning_rate = {config.generator_learning_rate[gan]};
    alone.discriminator_learning_rate = {config.discriminator_learning_rate[gan]};
    EXPECT_EQ(std::memcmp(train(alone).logits.data(), &expected.logits[gan * 5], 5 * sizeof(float)), 0) << gan;
  }
}

TEST(Fleet, GoldenFingerprintsHold) {
  const auto trainings = golden::read(std::string(GUMBELCUDA_TEST_DATA) + "/golden.txt");
  EXPECT_GE(trainings.size(), 6u);
  for (const golden::training& t : trainings)
    for (const std::string& target : cpu_targets()) EXPECT_EQ(golden::train(t, target), t.expected) << t.line;
}

}  // namespace
}  // namespace gumbelcuda
