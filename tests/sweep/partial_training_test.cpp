// SPDX-License-Identifier: Apache-2.0
// A training that is stopped and resumed, anywhere and more than once, gives the bytes of one that was not.
#include "gumbelcuda/partial_training.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "host/cpu/gan_range.hpp"
#include "tests/sweep/mixed_sweep.hpp"

namespace gumbelcuda {
namespace {

fleet_config fleet_of_37() {
  fleet_config config;
  config.num_gans = 37;
  config.epochs = 3;
  config.steps_per_epoch = 2;
  config.history_gans = 20;
  return config;
}

// Every third GAN, then those of a middle, then all: neighbours and holes of any length.
template <class Partial, class Train>
void train_in_three_parts(Partial& whole, Train train) {
  const auto gans = whole.ended.size();
  for (int part = 0; part < 3; ++part) {
    const std::vector<std::uint8_t> before = whole.ended;
    for (std::size_t gan = 0; gan < gans; ++gan) {
      const bool now = part == 2 || (part == 1 ? gan >= gans / 3 && gan < gans / 2 : gan % 3 == 1);
      if (!now) whole.ended[gan] = 1;  // as if another process had it
    }
    train(part);
    EXPECT_EQ(std::count(whole.ended.begin(), whole.ended.end(), 1), std::ptrdiff_t(gans));
    for (std::size_t gan = 0; gan < gans; ++gan) {
      const bool now = part == 2 || (part == 1 ? gan >= gans / 3 && gan < gans / 2 : gan % 3 == 1);
      if (!now && !before[gan]) whole.ended[gan] = 0;
    }
  }
}

TEST(PartialTraining, OfAFleetGivesItsBytes) {
  const fleet_config config = fleet_of_37();
  partial_fleet fleet;
  prepare(config, fleet);
  train_in_three_parts(fleet, [&](int part) {
    train_fleet(config, fleet, {.threads = part + 1, .cpu_target = part == 1 ? "scalar" : ""});
  });
  ::expect_same(fleet.result, train_fleet(config));
}

TEST(PartialTraining, OfASweepGivesItsBytes) {
  const sweep_config config = mixed();
  partial_sweep sweep;
  prepare(config, sweep);
  train_in_three_parts(sweep, [&](int part) {
    train_sweep(config, sweep, {.threads = part + 1, .cpu_target = part == 1 ? "scalar" : ""});
  });
  expect_same(sweep.result, train_sweep(config));
}

// Results that are there must not be computed again: spoiled ones stay.
TEST(PartialTraining, LeavesWhatHasEnded) {
  const fleet_config config = fleet_of_37();
  partial_fleet fleet;
  prepare(config, fleet);
  train_fleet(config, fleet);
  fleet.result.bias[5] = 7;
  fleet.ended[6] = 0;
  train_fleet(config, fleet);
  EXPECT_EQ(fleet.result.bias[5], 7);
}

// The callback stops the training as soon as it sees that a GAN has ended; nothing that has is lost.
template <class Config, class Partial, class Train>
void stop_after_some(const Config& config, Partial& run, Train train) {
  std::atomic<bool> stop{false};
  std::uint64_t last_done = 0;
  fleet_execution execution{.threads = 2};
  execution.stop = &stop;
  execution.on_progress = [&](const progress_report& report) {
    EXPECT_GE(report.done, last_done);
    last_done = report.done;
    for (std::uint64_t gan = 0; gan < config.num_gans && !stop; ++gan) stop = run.has_ended(gan);
  };
  EXPECT_THROW(train(execution), interrupted);
  EXPECT_GT(std::count(run.ended.begin(), run.ended.end(), 1), 0);
  EXPECT_LT(std::count(run.ended.begin(), run.ended.end(), 1), std::ptrdiff_t(config.num_gans));
  stop = false;
  const auto ended = std::uint64_t(std::count(run.ended.begin(), run.ended.end(), 1));
  execution.on_progress = [&](const progress_report& report) {
    EXPECT_GE(report.done * config.num_gans, ended * report.total);  // those that had ended count
    stop = true;
  };
  EXPECT_THROW(train(execution), interrupted);
}

TEST(PartialTraining, GoesOnAfterAFleetWasStopped) {
  fleet_config config;
  config.num_gans = 3000;
  config.epochs = 20;
  partial_fleet fleet;
  stop_after_some(config, fleet, [&](const fleet_execution& e) { train_fleet(config, fleet, e); });
  // The rest would take long; what has ended is right.
  fleet_config first = config;
  const auto gan = std::uint64_t(std::find(fleet.ended.begin(), fleet.ended.end(), 1) - fleet.ended.begin());
  first.num_gans = 1;
  first.first_gan = gan;
  const fleet_result alone = train_fleet(first);
  EXPECT_TRUE(std::equal(alone.logits.begin(), alone.logits.end(), &fleet.result.logits[gan * 5]));
}

TEST(PartialTraining, GoesOnAfterASweepWasStopped) {
  sweep_config config;
  config.num_gans = 3000;
  config.epochs = {20};
  partial_sweep sweep;
  stop_after_some(config, sweep, [&](const fleet_execution& e) { train_sweep(config, sweep, e); });
}

TEST(PartialTraining, OfAllGansThatHaveEndedTrainsNone) {
  const fleet_config config = fleet_of_37();
  partial_fleet fleet;
  train_fleet(config, fleet);
  std::uint64_t reports = 0;
  train_fleet(config, fleet, {.on_progress = [&](const progress_report&) { ++reports; }});
  EXPECT_EQ(reports, 0u);
  ::expect_same(fleet.result, train_fleet(config));
}

TEST(PartialTraining, RefusesOneOfOtherSizes) {
  fleet_config config = fleet_of_37();
  partial_fleet fleet;
  prepare(config, fleet);
  ++config.num_gans;
  EXPECT_THROW(train_fleet(config, fleet), invalid_argument);
  --config.num_gans;
  config.epochs = 4;  // a longer history
  EXPECT_THROW(train_fleet(config, fleet), invalid_argument);

  sweep_config sweeps = mixed();
  partial_sweep sweep;
  prepare(sweeps, sweep);
  std::swap(sweeps.target[0], sweeps.target[1]);  // 4 classes, and 3
  EXPECT_THROW(train_sweep(sweeps, sweep), invalid_argument);
}

TEST(EqualParts, HaveEachGanOnceInItsOrder) {
  const std::vector<gan_range> ranges{{2, 3}, {9, 1}, {20, 7}};
  for (std::uint64_t parts = 1; parts <= 13; ++parts) {
    std::vector<std::uint64_t> gans;
    std::uint64_t least = 99, most = 0;
    for (std::uint64_t part = 0; part < parts; ++part) {
      const std::vector<gan_range> share = equal_part(ranges, part, parts);
      least = std::min(least, total(share));
      most = std::max(most, total(share));
      for (const gan_range& range : share)
        for (std::uint64_t i = 0; i < range.count; ++i) gans.push_back(range.first + i);
    }
    EXPECT_EQ(gans, (std::vector<std::uint64_t>{2, 3, 4, 9, 20, 21, 22, 23, 24, 25, 26})) << parts;
    EXPECT_LE(most - least, 1u) << parts;
  }
}

}  // namespace
}  // namespace gumbelcuda
