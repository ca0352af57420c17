// SPDX-License-Identifier: Apache-2.0
// What a training that keeps what it does makes of exceptions, and of additions that fail: nothing that was done is
// lost. The trainings are made up, so that each does it at the same moment.
#include "host/checkpoint/kept_training.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "gumbelcuda/detail/gan/parameters.hpp"
#include "host/checkpoint/run_settings.hpp"
#include "host/checkpoint/train_into_checkpoint.hpp"
#include "tests/results/scratch_folder.hpp"

namespace gumbelcuda {
namespace {

class KeptTraining : public testing::Test {
 protected:
  KeptTraining() {
    config_.num_gans = 2;
    config_.epochs = 4;
    kept_.file = folder_ / "run";
    kept_.resume = true;
  }
  // train(execution) trains run_.
  template <class Train>
  void train(Train train, const fleet_execution& execution = {}) {
    run_ = {};
    train_into_checkpoint(config_, {0, 2}, bytes_of_settings(config_), kept_, run_, train, [&] { return execution; });
  }
  void end(std::uint64_t gan) { run_.ended[gan] = 1; }
  void pause(std::uint64_t gan) {
    run_.paused.assign(1, {gan, 1, std::vector<float>(fleet_state_size(int(config_.target.size())))});
  }
  bool is_there(const char* name) const { return std::filesystem::exists(folder_ / name); }

  scratch_folder folder_;
  fleet_config config_;
  checkpoint kept_;
  partial_fleet run_;
};

TEST_F(KeptTraining, RemovesACheckpointThatItMadeForNothing) {
  EXPECT_THROW(train([](const fleet_execution&) { throw no_device("there is none"); }), no_device);
  EXPECT_FALSE(is_there("run"));
}

// A device may be lost, and a callback may throw what it likes.
TEST_F(KeptTraining, KeepsWhatWasDoneBeforeAnException) {
  EXPECT_THROW(train([&](const fleet_execution&) {
                 end(0);
                 throw no_device("it is lost");
               }),
               no_device);
  train([&](const fleet_execution&) {
    EXPECT_EQ(run_.ended[0], 1);
    end(1);
  });

  std::filesystem::remove(kept_.file);
  EXPECT_THROW(train([&](const fleet_execution&) {
                 pause(1);
                 throw invalid_argument("callback", "has thrown it");
               }),
               invalid_argument);
  train([&](const fleet_execution&) {
    EXPECT_EQ(run_.paused.size(), 1u);
    end(0), end(1), run_.paused.clear();
  });
  EXPECT_FALSE(is_there("run.paused"));
}

TEST_F(KeptTraining, KeepsPausedGansWhereTheLastAdditionFails) {
  const auto stopped = [&](const fleet_execution&) {
    pause(0);
    throw device_error("it does not answer");
  };
  EXPECT_THROW(train(stopped), device_error);
  ASSERT_TRUE(is_there("run.paused"));
  int problems = 0;
  kept_.on_problem = [&](const std::string&, bool last) { problems += last; };
  {
    const file_size_limit full(std::filesystem::file_size(kept_.file));
    train([&](const fleet_execution&) { end(0), end(1), run_.paused.clear(); });
  }
  EXPECT_EQ(problems, 1);
  EXPECT_TRUE(is_there("run.paused"));
  train([&](const fleet_execution&) {
    EXPECT_EQ(run_.paused.size(), 1u);
    end(0), end(1), run_.paused.clear();
  });
  EXPECT_FALSE(is_there("run.paused"));
}

TEST_F(KeptTraining, IsStoppedByACallbackThatThrowsInterrupted) {
  int calls = 0;
  fleet_execution execution;
  execution.on_progress = [](const progress_report&) { throw interrupted("by the caller"); };
  EXPECT_THROW(train(
                   [&](const fleet_execution& given) {
                     ASSERT_LT(++calls, 2);
                     end(0);
                     given.on_progress({1, 8});
                   },
                   execution),
               interrupted);
  EXPECT_EQ(calls, 1);
}

// Each addition that is asked for stops it, but not for ever where GANs cannot be paused.
TEST_F(KeptTraining, EndsWhereMemoryIsTooLittleToPause) {
  int calls = 0, problems = 0;
  kept_.wants_addition = [] { return true; };
  kept_.on_problem = [&](const std::string& problem, bool) {
    ++problems;
    EXPECT_NE(problem.find("out of memory"), std::string::npos) << problem;
  };
  train([&](const fleet_execution& given) {
    ASSERT_LT(++calls, 3);
    given.on_progress({1, 8});
    if (*given.stop) throw interrupted("by itself");
    end(0), end(1);
  });
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(problems, 1);
}

// However the sizes of neighbours differ.
TEST(NewRecords, AreOfSomeMegabytes) {
  constexpr std::uint64_t gans = 60, epochs = 100;
  sweep_config config;
  config.num_gans = config.history_gans = gans;
  config.target.assign(gans, std::vector<double>(1024, 1. / 1024));
  config.target[0] = {.5, .5};
  config.epochs = {epochs};
  partial_sweep sweep;
  prepare(config, sweep);
  sweep.result.epochs.assign(gans, epochs);
  sweep.ended.assign(gans, 1);
  std::vector<std::uint8_t> kept(gans, 0);
  new_records records(config, sweep, 0, kept);
  std::uint64_t next = 0, found = 0;
  for (checkpoint_record record; records.next(record); ++found) {
    EXPECT_EQ(record.first, next);
    EXPECT_LE(record.rows.size(), std::size_t{16} << 20);
    EXPECT_EQ(record.rows, bytes_of_rows(config, sweep, record.first, record.count));
    next += record.count;
  }
  EXPECT_EQ(next, gans);
  EXPECT_EQ(found, 2u);
}

}  // namespace
}  // namespace gumbelcuda
