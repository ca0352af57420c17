// SPDX-License-Identifier: Apache-2.0
// GANs in mid-training come back from their file, which is refused when it is damaged, foreign or another run's.
#include "host/checkpoint/paused_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "gumbelcuda/checkpoint.hpp"
#include "host/checkpoint/bytes.hpp"
#include "host/checkpoint/ended_rows.hpp"
#include "host/checkpoint/run_settings.hpp"
#include "host/checkpoint/train_in_pieces.hpp"
#include "host/files/fnv1a.hpp"
#include "tests/gan/same_result.hpp"
#include "tests/sweep/mixed_sweep.hpp"

namespace gumbelcuda {
namespace {

using ::expect_same;

// Sanitizers take ten times as long, and there is no more to see in more steps.
#ifdef __SANITIZE_ADDRESS__
constexpr int much = 1;
#else
constexpr int much = 10;
#endif

const std::string settings = "the settings of a run";

class PausedFile : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        std::filesystem::path(testing::TempDir()) / ("gumbelcuda_paused_" + std::to_string(::getpid()) + "_" +
                                                     testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directory(folder_);
    path_ = folder_ / "run.paused";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void write(const std::vector<paused_record>& records) const {
    auto at = records.begin();
    write_paused_file(path_, settings, [&](paused_record& record) {
      if (at == records.end()) return false;
      record = *at++;
      return true;
    });
  }
  std::string bytes() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void put(const std::string& bytes) const { std::ofstream(path_, std::ios::binary) << bytes; }
  std::string complaint() const {
    try {
      read_paused_file(path_, settings);
    } catch (const damaged_file& error) {
      return error.what();
    }
    return "";
  }

  std::filesystem::path folder_;
  std::string path_;
};

TEST_F(PausedFile, GivesBackItsGans) {
  EXPECT_TRUE(read_paused_file(path_, settings).empty());  // there is none
  write({});
  EXPECT_TRUE(read_paused_file(path_, settings).empty());
  write({{7, 100, "seven"}, {3, 9, ""}, {1u << 31, 1, std::string(3 << 20, 'x')}});
  const std::vector<paused_record> records = read_paused_file(path_, settings);
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[0].gan, 7u);
  EXPECT_EQ(records[0].steps, 100u);
  EXPECT_EQ(records[0].bytes, "seven");
  EXPECT_EQ(records[1].bytes, "");
  EXPECT_EQ(records[2].gan, 1u << 31);
  EXPECT_EQ(records[2].bytes, std::string(3 << 20, 'x'));
  remove_paused_file(path_);
  remove_paused_file(path_);
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(PausedFile, IsRefusedAtEveryLengthAndWithAnyByteChanged) {
  write({{7, 100, "seven"}, {3, 9, "three"}});
  const std::string whole = bytes();
  for (std::size_t length = 0; length < whole.size(); ++length) {
    put(whole.substr(0, length));
    EXPECT_NE(complaint(), "") << length << " bytes";
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = char(changed[at] ^ 1);
    put(changed);
    EXPECT_NE(complaint(), "") << "byte " << at;
  }
  put(whole + "x");
  EXPECT_NE(complaint(), "");
  EXPECT_EQ(bytes(), whole + "x");
}

TEST_F(PausedFile, SaysWhatItIsInstead) {
  put("something else");
  EXPECT_NE(complaint().find("does not have the GANs in mid-training"), std::string::npos);
  put("gumbelcuda paused 2\n and what that version writes");
  EXPECT_NE(complaint().find("is of another version of gumbelcuda"), std::string::npos);
  write({{7, 100, "seven"}});
  EXPECT_THROW(read_paused_file(path_, "other settings"), invalid_argument);
}

// Behind a right checksum.
TEST_F(PausedFile, RefusesLengthsThatItDoesNotHave) {
  for (const std::uint64_t length : {std::uint64_t{6}, std::uint64_t{1} << 40, ~std::uint64_t{0}}) {
    byte_writer numbers, sum;
    numbers(fnv1a_of({}, settings)), numbers(std::uint64_t{7}), numbers(std::uint64_t{1}), numbers(length);
    const std::string summed = "gumbelcuda paused 1\n" + numbers.bytes() + "seven";
    sum(fnv1a_of({}, summed));
    put(summed + sum.bytes());
    EXPECT_NE(complaint().find("is damaged"), std::string::npos) << length;
  }
}

TEST(PausedBytes, OfAGanAreThoseOfItsStep) {
  fleet_config config;
  config.num_gans = config.history_gans = 2;
  config.epochs = 4;
  config.steps_per_epoch = 3;
  partial_fleet from, to;
  prepare(config, from);
  prepare(config, to);
  for (std::size_t i = 0; i < from.result.history.size(); ++i) from.result.history[i] = float(i);
  paused_gan gan{1, 7, std::vector<float>(33, 2.5f)};
  const std::string bytes = bytes_of_paused(config, from, gan);
  put_paused(bytes, "file", config, 1, 7, to);
  ASSERT_EQ(to.paused.size(), 1u);
  EXPECT_EQ(to.paused[0].gan, 1u);
  EXPECT_EQ(to.paused[0].steps, 7u);
  EXPECT_EQ(to.paused[0].numbers, gan.numbers);
  for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(to.result.history[20 + i], i < 10 ? float(20 + i) : 0) << i;
  put_paused(bytes_of_paused(config, from, {1, 6, gan.numbers}), "file", config, 1, 6, to);
  EXPECT_EQ(to.paused[0].steps, 7u) << "an older one";
  put_paused(bytes_of_paused(config, from, {0, 1, gan.numbers}), "file", config, 0, 1, to);
  ASSERT_EQ(to.paused.size(), 2u);
  EXPECT_EQ(to.paused[0].gan, 0u);

  for (const std::uint64_t steps : {0, 12, 13})
    EXPECT_THROW(put_paused(bytes, "file", config, 1, steps, to), damaged_file);
  EXPECT_THROW(put_paused(bytes, "file", config, 1, 9, to), damaged_file) << "a longer history";
  EXPECT_THROW(put_paused(bytes + "x", "file", config, 1, 8, to), damaged_file);
  EXPECT_THROW(put_paused(bytes_of_paused(config, from, {1, 8, std::vector<float>(32)}), "file", config, 1, 8, to),
               damaged_file);
  gan.diverged_step = 9;
  EXPECT_THROW(put_paused(bytes_of_paused(config, from, gan), "file", config, 1, 8, to), damaged_file);
}

// Stopped again and again, and stopped by itself for its files, a training ends with the bytes of one that was not.
template <class Config, class Result>
void train_with_stops(const Config& config, const Result& expected, const std::string& path) {
  constexpr bool is_sweep = std::is_same_v<Config, sweep_config>;
  const std::vector<std::string> targets = cpu_targets();
  bool has_paused = false;
  for (int part = 0;; ++part) {
    std::atomic<bool> stop{false};
    int reports = 0;
    fleet_execution execution{.threads = 1, .cpu_target = targets[std::size_t(part) % targets.size()]};
    execution.stop = &stop;
    execution.on_progress = [&](const progress_report&) {
      has_paused = has_paused || (part == 0 && std::filesystem::exists(path + ".paused"));
      if (++reports == 3) stop = true;
    };
    checkpoint kept{.file = path, .resume = true};
    kept.wants_addition = [] { return true; };
    try {
      const auto result = [&] {
        if constexpr (is_sweep)
          return train_sweep(config, kept, execution);
        else
          return train_fleet(config, kept, execution);
      }();
      expect_same(result, expected);
      // A thread's GANs of the fleet train for longer than the interval; those of the sweep may not.
      EXPECT_TRUE(has_paused || is_sweep);
      EXPECT_TRUE(part > 0 || is_sweep);
      EXPECT_FALSE(std::filesystem::exists(path + ".paused"));
      return;
    } catch (const interrupted&) {
      ASSERT_LT(part, 1000);
    }
  }
}

TEST_F(PausedFile, OfAFleetGivesItsBytes) {
  fleet_config config;
  config.num_gans = 2;  // each of which trains alone, for about half a second
  config.history_gans = 1;
  config.epochs = 200 * much;
  train_with_stops(config, train_fleet(config), folder_ / "run");
}

TEST_F(PausedFile, OfASweepGivesItsBytes) {
  sweep_config config = mixed();
  config.steps_per_epoch = 250 * much;
  train_with_stops(config, train_sweep(config), folder_ / "run");
}

// Pieces that are stopped, also between one another, and go on in pieces of other sizes.
TEST_F(PausedFile, OfARunInPiecesHasItsBytes) {
  fleet_config config;
  config.num_gans = 30;
  config.history_gans = 11;
  config.epochs = 10 * much;
  config.temperature.assign(30, 1e-3f);
  config.temperature[17] = .5f;
  const fleet_result expected = train_fleet(config);
  const std::string path = folder_ / "run";
  bool ended = false;
  std::uint64_t last_done = 0;
  for (int part = 0; !ended && part < 1000; ++part) {
    std::atomic<bool> stop{false};
    pieces_so_far done;
    try {
      train_in_pieces<partial_fleet>(
          config, {0, 30}, part % 2 == 0 ? 7 : 4, bytes_of_settings(config), checkpoint{.file = path, .resume = true},
          done, [](const auto& piece, auto& run, const auto& execution) { train_fleet(piece, run, execution); },
          [&] {
            fleet_execution execution{.threads = 1};
            execution.stop = &stop;
            execution.on_progress = [&](const progress_report& report) {
              EXPECT_EQ(report.total, 300u * much);
              EXPECT_GE(report.done, last_done);
              last_done = report.done;
              stop = true;
            };
            return execution;
          },
          [&](partial_fleet& run) { EXPECT_LE(run.result.num_gans, 7u); });
      ended = true;
      EXPECT_EQ(done.ended, 30u);
      EXPECT_EQ(done.epochs, 300u * much);
    } catch (const interrupted&) {
    }
  }
  EXPECT_FALSE(std::filesystem::exists(path + ".paused"));
  expect_same(merge_fleet({path}).result, expected);
}

TEST_F(PausedFile, IsOfOneRunAndOfOneShard) {
  fleet_config config;
  config.num_gans = 4;
  config.epochs = 2;
  const std::string run = folder_ / "run";
  EXPECT_EQ(train_fleet(config, checkpoint{.file = run, .shard = 1, .shards = 2}).num_gans, 2u);
  EXPECT_THROW(train_fleet(config, checkpoint{.file = run, .shard = 1, .shards = 2}), invalid_argument);
  EXPECT_THROW(train_fleet(config, checkpoint{.file = run, .resume = true, .shards = 2}), invalid_argument);
  config.seed = 1;
  EXPECT_THROW(train_fleet(config, checkpoint{.file = run, .resume = true, .shard = 1, .shards = 2}), invalid_argument);
  // Left alone by somebody who removed the other file.
  std::ofstream(run + "2.paused") << "something";
  EXPECT_THROW(train_fleet(config, checkpoint{.file = run + "2"}), invalid_argument);
  EXPECT_THROW(train_fleet(config, checkpoint{.file = run + "2", .resume = true}), damaged_file);
}

TEST_F(PausedFile, SettingsAreChecked) {
  const fleet_config config;
  const auto says = [&](const checkpoint& kept) {
    try {
      train_fleet(config, kept);
    } catch (const invalid_argument& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(says({}), "checkpoint.file: has no name");
  EXPECT_EQ(says({.file = path_, .interval = .05}), "checkpoint.interval: 0.05 is not in 0.1 … 1e6");
  EXPECT_EQ(says({.file = path_, .shard = 2, .shards = 2}),
            "checkpoint.shard: 2 of 2 is no shard: of N there are 0 … N − 1");
  EXPECT_EQ(says({.file = path_, .shards = 2}), "checkpoint.shards: 1 GANs cannot be divided by 2");
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(PausedFile, ShardsAreMerged) {
  fleet_config config;
  config.num_gans = 7;
  config.epochs = 2;
  config.history_gans = 3;
  std::vector<std::string> files;
  for (std::uint64_t i = 0; i < 3; ++i) {
    files.push_back(folder_ / std::to_string(i));
    train_fleet(config, checkpoint{.file = files.back(), .shard = i, .shards = 3});
  }
  std::swap(files[0], files[2]);
  const merged_fleet merged = merge_fleet(files);
  EXPECT_EQ(merged.config.history_gans, 3u);
  expect_same(merged.result, train_fleet(config));
  EXPECT_THROW(merge_sweep(files), invalid_argument);
  EXPECT_THROW(merge_fleet({files[0], files[1]}), invalid_argument);
  EXPECT_THROW(merge_fleet({files[0], files[1], files[2], files[1]}), invalid_argument);
  EXPECT_THROW(merge_fleet({}), invalid_argument);
}

}  // namespace
}  // namespace gumbelcuda
