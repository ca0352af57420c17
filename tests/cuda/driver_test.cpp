// SPDX-License-Identifier: Apache-2.0
// The CUDA driver gives the CPU backend's bytes, however the fleet is split over devices, slices and launches, and
// whenever the devices execute their work.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <numeric>

#include "gumbelcuda/detail/gan/training_constants.hpp"
#include "gumbelcuda/partial_training.hpp"
#include "tests/cuda/fake_devices.hpp"

namespace gumbelcuda {
namespace {

// The memory of a device whose slices hold this many GANs of the article's size, besides the fleet's constants.
std::size_t memory_for(std::uint64_t gans, std::uint64_t bytes_each) {
  const training_constants constants(fleet_config{}.target);
  const std::size_t used = 4 * (5 + 2 * 5 + constants.adam_values.size() + 3 + 3);
  return (used + gans * bytes_each) * 8 / 7 + 8;
}

struct fleet_case {
  std::uint64_t gans;
  int devices;
};

class EveryFleet : public testing::TestWithParam<fleet_case> {};

TEST_P(EveryFleet, GivesTheCpusBytes) {
  fleet_config config = small_fleet(GetParam().gans);
  config.history_gans = (config.num_gans + 1) / 2;
  const fleet_result expected = train_on_cpu(config);
  std::vector<int> devices(std::size_t(GetParam().devices));
  std::iota(devices.rbegin(), devices.rend(), 0);  // the highest number first
  for (const std::uint64_t schedule : {0, 1, 2, 3})
    for (const double milliseconds_per_step : {1e-9, 20., 1e4}) {
      SCOPED_TRACE(testing::Message() << "schedule " << schedule << ", " << milliseconds_per_step << " ms a step");
      fake_cuda::install({.devices = 3, .schedule = schedule, .milliseconds_per_step = milliseconds_per_step});
      const fleet_result result = train_fleet(config, on_cuda(devices));
      expect_same(result, expected);
      expect_no_offences();
      EXPECT_EQ(result.backend, "cuda");
      EXPECT_EQ(std::uint64_t(result.threads), std::min<std::uint64_t>(devices.size(), config.num_gans));
    }
}

INSTANTIATE_TEST_SUITE_P(Sizes, EveryFleet,
                         testing::Values(fleet_case{1, 1}, fleet_case{1, 3}, fleet_case{2, 2}, fleet_case{31, 1},
                                         fleet_case{33, 2}, fleet_case{100, 3}, fleet_case{200, 1}),
                         [](const auto& which) {
                           return std::to_string(which.param.gans) + "_on_" + std::to_string(which.param.devices);
                         });

TEST(Driver, TrainsInSlicesWhatMemoryCannotHold) {
  fleet_config config = small_fleet(50);
  config.history_gans = 20;
  config.temperature.clear();
  config.generator_learning_rate.clear();
  config.discriminator_learning_rate.clear();
  for (int i = 0; i < 50; ++i) {
    config.temperature.push_back(i < 10 ? .5f : 1e-3f * float(1 + i % 7));
    config.generator_learning_rate.push_back(1e-4f * float(1 + i));
    config.discriminator_learning_rate.push_back(1e-3f / float(1 + i));
  }
  const fleet_result expected = train_on_cpu(config);
  std::size_t most_launches = 0;
  for (const std::uint64_t gans : {1, 7, 49})
    for (const std::uint64_t schedule : {1, 2}) {
      SCOPED_TRACE(testing::Message() << gans << " GANs fit, schedule " << schedule);
      const std::size_t memory = memory_for(gans, 4 * (33 + 18 + 3 + 15));
      fake_cuda::install({.devices = 2, .memory = memory, .schedule = schedule});
      expect_same(train_fleet(config, on_cuda({0, 1})), expected);
      expect_no_offences();
      for (const int device : {0, 1}) EXPECT_LE(fake_cuda::most_allocated(device), memory - memory / 8);
      most_launches = std::max(most_launches, fake_cuda::steps_of_launches(0).size());
    }
  // Where only one GAN fits, each of the 25 on a device takes launches of its own.
  EXPECT_GE(most_launches, 25u * 3u);
}

// Holes of any length, which are divided between the devices.
TEST(Driver, TrainsWhatHasNotEnded) {
  fleet_config config = small_fleet(50);
  config.history_gans = 30;
  const fleet_result expected = train_on_cpu(config);
  for (const int devices : {1, 3}) {
    fake_cuda::install({.devices = 3});
    partial_fleet fleet{expected, std::vector<std::uint8_t>(50, 1)};
    for (const std::uint64_t gan : {0, 1, 2, 7, 9, 20, 21, 22, 23, 24, 25, 26, 40, 49}) {
      fleet.ended[gan] = 0;
      for (auto* values : {&fleet.result.distribution, &fleet.result.logits, &fleet.result.weights})
        std::fill_n(values->begin() + std::ptrdiff_t(gan * 5), 5, -1.f);
      fleet.result.bias[gan] = fleet.result.generator_loss[gan] = fleet.result.discriminator_loss[gan] = -1;
      if (gan < 30) std::fill_n(&fleet.result.history[gan * std::uint64_t(config.epochs) * 5], config.epochs * 5, -1.f);
    }
    fleet.result.bias[3] = 7;  // stays
    std::vector<int> numbers(std::size_t(devices), 0);
    std::iota(numbers.begin(), numbers.end(), 0);
    train_fleet(config, fleet, on_cuda(numbers));
    EXPECT_EQ(fleet.ended, std::vector<std::uint8_t>(50, 1));
    EXPECT_EQ(fleet.result.bias[3], 7);
    fleet.result.bias[3] = expected.bias[3];
    expect_same(fleet.result, expected);
    EXPECT_EQ(fleet.result.threads, devices);
    expect_no_offences();
  }
}

TEST(Driver, LongHistoryLeavesInPiecesWhileTrainingGoesOn) {
  fleet_config config = small_fleet(3);
  config.epochs = 200;  // of 20 bytes each: four pieces of at least 1 KiB
  config.steps_per_epoch = 1;
  config.history_gans = 2;
  const fleet_result expected = train_on_cpu(config);
  for (const bool refuses_pages : {false, true})
    for (const std::uint64_t schedule : {0, 1, 5}) {
      fake_cuda::install({.schedule = schedule, .refuses_pages = refuses_pages});
      expect_same(train_fleet(config, on_cuda()), expected);
      expect_no_offences();
    }
}

TEST(Driver, OtherSizesOfGans) {
  for (const int classes : {2, 9, 40}) {
    fleet_config config = small_fleet(5);
    config.target.assign(std::size_t(classes), 1. / classes);
    config.history_gans = 5;
    fake_cuda::install({.schedule = 1});
    expect_same(train_fleet(config, on_cuda()), train_on_cpu(config));
    expect_no_offences();
  }
}

TEST(Pace, LaunchesGrowToFiftyMillisecondsAndNoLonger) {
  fleet_config config = small_fleet(1);
  config.epochs = 10;
  config.steps_per_epoch = 40;
  config.generator_steps = 1;
  fake_cuda::install({.milliseconds_per_step = 2});
  train_fleet(config, on_cuda());
  const std::vector<std::uint64_t> steps = fake_cuda::steps_of_launches(0);
  ASSERT_GT(steps.size(), 6u);
  // Two launches are under way before the first is measured; the next two are eight times as long; then the target
  // duration is reached.
  const std::vector<std::uint64_t> begin(steps.begin(), steps.begin() + 6);
  EXPECT_EQ(begin, (std::vector<std::uint64_t>{1, 1, 8, 8, 25, 25}));
  EXPECT_EQ(std::accumulate(steps.begin(), steps.end(), std::uint64_t{0}), 400u);
  EXPECT_EQ(*std::max_element(steps.begin(), steps.end()), 25u);
}

TEST(Driver, StopsBetweenLaunches) {
  fleet_config config = small_fleet(4);
  config.epochs = 1'000'000;
  std::atomic<bool> stop{false};
  fake_cuda::install({.devices = 2, .schedule = 1});
  fleet_execution execution = on_cuda({0, 1});
  execution.stop = &stop;
  progress_report last{};
  execution.on_progress = [&](const progress_report& report) {
    EXPECT_EQ(report.total, 4'000'000u);
    EXPECT_GE(report.done, last.done);
    last = report;
    if (report.done > 0) stop = true;
  };
  EXPECT_THROW(train_fleet(config, execution), interrupted);
  EXPECT_GT(last.done, 0u);
  expect_no_offences();

  // The flag is raised before the start, so there must be no launch at all.
  fake_cuda::install({});
  fleet_execution at_once = on_cuda();
  at_once.stop = &stop;
  EXPECT_THROW(train_fleet(config, at_once), interrupted);
  EXPECT_TRUE(fake_cuda::steps_of_launches(0).empty());
  expect_no_offences();
}

// Stopped after any launch, whenever the devices execute their work, GANs go on with other devices, in other slices or
// on the CPU. A launch has one step.
TEST(Driver, PausesGansThatGoOnAnywhere) {
  fleet_config config = small_fleet(9);
  config.history_gans = 5;
  const fleet_result expected = train_on_cpu(config);
  const std::uint64_t steps = 12;
  std::size_t most_paused = 0;
  for (const std::uint64_t first_stop : {1, 2, 5, 11, 12, 23, 24})
    for (const std::uint64_t schedule : {0, 1, 3}) {
      SCOPED_TRACE(testing::Message() << "stopped after " << first_stop << " launches, schedule " << schedule);
      partial_fleet fleet;
      std::uint64_t stop_after = first_stop;
      for (int part = 0; part < 3; ++part) {
        std::atomic<bool> stop{false};
        std::atomic<std::uint64_t> launches{0};
        fake_cuda::install({.devices = 2,
                            .memory = part == 1 ? memory_for(2, 4 * (33 + 18 + 15)) : std::size_t{1} << 30,
                            .schedule = schedule,
                            .milliseconds_per_step = 50,
                            .on_launch = [&] { stop = stop || ++launches >= stop_after; }});
        fleet_execution execution = part == 2 ? fleet_execution{.backend = backend_kind::cpu} : on_cuda({0, 1});
        if (part < 2) execution.stop = &stop;
        try {
          train_fleet(config, fleet, execution);
        } catch (const interrupted&) {
          for (const paused_gan& gan : fleet.paused) EXPECT_LE(gan.steps, steps);
        }
        expect_no_offences();
        most_paused = std::max(most_paused, fleet.paused.size());
        stop_after = 3;
      }
      EXPECT_TRUE(fleet.paused.empty());
      expect_same(fleet.result, expected);
    }
  EXPECT_EQ(most_paused, 9u);
}

TEST(Driver, ExceptionOfTheCallbackStopsAllDevicesAndComesBack) {
  fleet_config config = small_fleet(4);
  config.epochs = 1'000'000;
  fake_cuda::install({.devices = 2, .schedule = 2});
  fleet_execution execution = on_cuda({1, 0});
  execution.on_progress = [](const progress_report&) { throw std::length_error("the caller's"); };
  EXPECT_THROW(train_fleet(config, execution), std::length_error);
  expect_no_offences();
}

}  // namespace
}  // namespace gumbelcuda
