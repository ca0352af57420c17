// SPDX-License-Identifier: Apache-2.0
// GANs that are stopped in mid-training go on from there, on any instruction set, and have the bytes of those that were
// never stopped.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "gumbelcuda/detail/gan/parameters.hpp"
#include "gumbelcuda/detail/gan/training_constants.hpp"
#include "gumbelcuda/partial_training.hpp"
#include "host/cpu/fleet/task_of_config.hpp"
#include "host/cpu/fleet/train_task.hpp"
#include "host/cpu/supported_targets.hpp"
#include "host/cpu/training_state.hpp"
#include "tests/sweep/mixed_sweep.hpp"

namespace gumbelcuda {
namespace {

// Sanitizers take ten times as long, and there is no more to see in more steps.
#ifdef __SANITIZE_ADDRESS__
constexpr int much = 1;
#else
constexpr int much = 10;
#endif

// The instruction set's code alone: each call makes `steps` steps of these GANs.
void train_in_pieces(const cpu_target& target, cpu_train_task task, cpu_gans gans, bool single, std::uint64_t steps) {
  std::vector<std::uint8_t> memory(target.workspace_bytes(task) + 64);
  void* const workspace = memory.data() + (64 - reinterpret_cast<std::uintptr_t>(memory.data()) % 64);
  std::uint64_t left = steps;
  task.context = &left;
  task.stopped = [](void* context) { return (*static_cast<std::uint64_t*>(context))-- == 0; };
  const auto train = single ? target.train_single : target.train_lanes;
  for (std::uint64_t made = 0; !train(task, gans, workspace); left = steps) {
    ASSERT_EQ(gans.steps, made += steps);
    // Nothing but the numbers may be needed. For any number of classes the workspace has megabytes.
    if (task.classes == 5) std::fill(memory.begin(), memory.end(), 0xff);
  }
}

class EveryTarget : public testing::TestWithParam<std::string> {};

TEST_P(EveryTarget, GoesOnFromTheNumbersOfGans) {
  const cpu_target& target = find_target(GetParam());
  for (const bool soft : {false, true})
    for (const std::size_t classes : {5, 9}) {
      fleet_config config;
      config.num_gans = std::uint64_t(target.width) + 3;
      config.target.assign(classes, 1. / double(classes));
      config.epochs = 2;
      config.steps_per_epoch = 3;
      config.history_gans = 3;
      if (soft) config.temperature = {.9f};
      const fleet_result expected = train_fleet(config);
      const training_constants constants(config.target);
      for (const std::uint64_t steps : {1, 3, 4})
        for (const bool single : {false, true}) {
          SCOPED_TRACE(testing::Message() << classes << " classes, " << steps << " steps, soft " << soft);
          fleet_result result = expected;
          for (auto* values : {&result.distribution, &result.logits, &result.weights, &result.bias, &result.history})
            std::fill(values->begin(), values->end(), -1.f);
          cpu_train_task task{};
          static_cast<training_task&>(task) = task_of(config, 0, config.num_gans);
          set_arrays(task, constants, config, result);
          task.epoch_done = [](void*, int) {};
          std::vector<float> numbers(std::uint64_t(target.width) * fleet_state_size(int(classes)));
          const std::uint64_t each = single ? 1 : std::uint64_t(target.width);
          for (std::uint64_t gan = 0; gan < config.num_gans; gan += each) {
            const auto count = int(std::min(each, config.num_gans - gan));
            train_in_pieces(target, task, {gan, count, 0, numbers.data()}, single, steps);
          }
          ::expect_same(result, expected);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Targets, EveryTarget, testing::ValuesIn(cpu_targets()),
                         [](const auto& which) { return which.param; });

// Trains until all have ended, and stops each time after a tenth of a second. Returns how often it was stopped.
template <class Partial, class Train>
int train_with_stops(Partial& run, Train train) {
  std::vector<std::string> targets = cpu_targets();
  targets.resize(std::min<std::size_t>(targets.size(), 2));  // the others are slow
  for (int stops = 0;; ++stops) {
    std::atomic<bool> stop{false};
    fleet_execution execution{.threads = 1 + stops % 2, .cpu_target = targets[std::size_t(stops) % targets.size()]};
    execution.stop = &stop;
    execution.on_progress = [&](const progress_report&) { stop = true; };
    try {
      train(execution);
      EXPECT_TRUE(run.paused.empty());
      return stops;
    } catch (const interrupted&) {
      EXPECT_FALSE(run.paused.empty());
      for (const paused_gan& each : run.paused) EXPECT_FALSE(run.has_ended(each.gan));
      if (stops > 1000) throw;  // nothing is gained
    }
  }
}

TEST(PausedTraining, OfAFleetGivesItsBytes) {
  fleet_config config;
  config.num_gans = 70;
  config.history_gans = 30;
  config.epochs = 20 * much;
  const fleet_result expected = train_fleet(config);
  partial_fleet fleet;
  EXPECT_GT(train_with_stops(fleet, [&](const fleet_execution& e) { train_fleet(config, fleet, e); }), 0);
  ::expect_same(fleet.result, expected);
}

TEST(PausedTraining, OfASweepGivesItsBytes) {
  sweep_config config = mixed();
  config.steps_per_epoch = 200 * much;
  config.until_total_variation = .02;
  const sweep_result expected = train_sweep(config);
  partial_sweep sweep;
  EXPECT_GT(train_with_stops(sweep, [&](const fleet_execution& e) { train_sweep(config, sweep, e); }), 0);
  expect_same(sweep.result, expected);
}

// A step of this GAN is a long one, in which it is stopped; it goes on with the beginning of the step.
TEST(PausedTraining, KeepsTheBeginningOfALongStep) {
  fleet_config config;
  config.target.assign(1024, 1. / 1024);
  config.batch_size = 2048;
  config.generator_steps = 1;
  config.epochs = 2;
  config.steps_per_epoch = much > 1 ? 10 : 2;
  const fleet_result expected = train_fleet(config);
  partial_fleet fleet;
  std::uint64_t steps = 0;
  for (int part = 0; part < 12 && (part == 0 || fleet.ended[0] == 0); ++part) {
    std::atomic<bool> stop{false};
    int reports = 1 << part;  // in the end they are enough for a step, however slow the machine
    fleet_execution execution;
    execution.stop = &stop;
    execution.on_progress = [&](const progress_report&) { stop = stop || --reports == 0; };
    try {
      train_fleet(config, fleet, execution);
    } catch (const interrupted&) {
      if (fleet.paused.empty()) continue;
      EXPECT_GE(fleet.paused[0].steps, steps);
      steps = fleet.paused[0].steps;
    }
  }
  EXPECT_GT(steps, 0u);
  ::expect_same(fleet.result, expected);
}

TEST(PausedTraining, LeavesGansAloneThatItDoesNotReach) {
  fleet_config config;
  config.num_gans = 3;
  partial_fleet fleet;
  prepare(config, fleet);
  fleet.paused = {{1, 50, std::vector<float>(33, .25f)}};
  const std::atomic<bool> stop{true};  // before it has begun
  EXPECT_THROW(train_fleet(config, fleet, {.stop = &stop}), interrupted);
  ASSERT_EQ(fleet.paused.size(), 1u);
  EXPECT_EQ(fleet.paused[0].gan, 1u);
  EXPECT_EQ(fleet.paused[0].steps, 50u);
  EXPECT_EQ(fleet.paused[0].numbers, std::vector<float>(33, .25f));
}

TEST(PausedTraining, RefusesGansOfAnother) {
  fleet_config config;
  config.num_gans = 3;
  config.epochs = config.steps_per_epoch = 2;
  const paused_gan good{1, 3, std::vector<float>(33)};
  const auto says = [&](std::vector<paused_gan> paused) {
    partial_fleet fleet;
    prepare(config, fleet);
    fleet.ended[2] = 1;
    fleet.paused = std::move(paused);
    try {
      train_fleet(config, fleet);
      return std::string();
    } catch (const invalid_argument& error) {
      return std::string(error.what());
    }
  };
  EXPECT_EQ(says({good}), "");
  EXPECT_EQ(says({good, good}), "fleet: paused GAN 1 comes after GAN 1");
  EXPECT_EQ(says({{3, 3, good.numbers}}), "fleet: paused GAN 3 is not one of the 3");
  EXPECT_EQ(says({{2, 3, good.numbers}}), "fleet: paused GAN 2 has ended");
  EXPECT_EQ(says({{1, 0, good.numbers}}), "fleet: paused GAN 1 has made 0 of 4 steps");
  EXPECT_EQ(says({{1, 4, good.numbers}}), "fleet: paused GAN 1 has made 4 of 4 steps");
  EXPECT_EQ(says({{1, 3, std::vector<float>(32)}}), "fleet: paused GAN 1 has 32 numbers instead of 33");

  sweep_config of_sweep = mixed();
  partial_sweep sweep;
  prepare(of_sweep, sweep);
  sweep.paused = {{0, 1, std::vector<float>(3)}};
  EXPECT_THROW(train_sweep(of_sweep, sweep), invalid_argument);
}

TEST(TrainingState, HasRangesOfGansAtOneStep) {
  std::vector<std::uint8_t> ended{0, 0, 1, 0, 0, 0, 0, 1, 0};
  std::vector<paused_gan> paused{{1, 5}, {3, 5}, {4, 5}, {5, 6}};
  const training_state state(ended, paused);
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;
  for (const gan_range& range : state.left()) ranges.emplace_back(range.first, range.count);
  const std::vector<std::pair<std::uint64_t, std::uint64_t>> expected{{0, 1}, {1, 1}, {3, 2}, {5, 1}, {6, 1}, {8, 1}};
  EXPECT_EQ(ranges, expected);
  EXPECT_EQ(state.steps(4), 5u);
  EXPECT_EQ(state.steps(6), 0u);
  EXPECT_EQ(state.paused_epochs(5), 4u);
}

TEST(TrainingState, GivesWhatIsPausedInTheEnd) {
  std::vector<std::uint8_t> ended(6, 0);
  std::vector<paused_gan> paused{{1, 5}, {3, 5}, {4, 5}};
  {
    training_state state(ended, paused);
    state.pause({4, 9});
    state.pause({2, 7});
    state.pause({0, 0});
    state.mark(1, 1);
  }
  std::vector<std::pair<std::uint64_t, std::uint64_t>> found;
  for (const paused_gan& each : paused) found.emplace_back(each.gan, each.steps);
  EXPECT_EQ(found, (std::vector<std::pair<std::uint64_t, std::uint64_t>>{{2, 7}, {3, 5}, {4, 9}}));
}

}  // namespace
}  // namespace gumbelcuda
