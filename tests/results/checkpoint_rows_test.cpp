// SPDX-License-Identifier: Apache-2.0
// What is read from the records of checkpoints is what was put there, wherever a read begins and ends.
#include "host/results/checkpoint_rows.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "host/checkpoint/ended_rows.hpp"
#include "host/checkpoint/run_settings.hpp"
#include "host/results/csv.hpp"
#include "host/results/result_file.hpp"
#include "tests/results/example_fleet.hpp"
#include "tests/results/scratch_folder.hpp"

namespace {

using namespace gumbelcuda;

class checkpoint_rows : public testing::Test {
 protected:
  // History ends within a record; records end within chunks of the result's file.
  checkpoint_rows() {
    config = example_config(7'001, 5'003);
    config.epochs = 200;
    fleet.result = example_result(config);
    fleet.ended.assign(config.num_gans, 1);
  }
  // Records of 1 … most GANs, one file after the other.
  std::vector<std::string> put(std::size_t count, std::uint64_t most) {
    std::vector<std::string> paths;
    std::vector<std::vector<checkpoint_record>> records(count);
    std::mt19937_64 engine(most);
    for (std::uint64_t first = 0, i = 0; first < config.num_gans; ++i) {
      const std::uint64_t gans = std::min(1 + engine() % most, config.num_gans - first);
      records[i % count].push_back({first, gans, bytes_of_rows(config, fleet, first, gans)});
      if (i % 10 == 0) records[i % count].push_back({first, 0, {}});
      first += gans;
    }
    for (std::size_t i = 0; i < count; ++i) {
      std::shuffle(records[i].begin(), records[i].end(), engine);
      paths.push_back(folder / std::to_string(i));
      create_checkpoint(paths.back(), bytes_of_settings(config));
      checkpoint_file file(paths.back());
      file.add([&](checkpoint_record& record) {
        if (records[i].empty()) return false;
        record = std::move(records[i].back());
        records[i].pop_back();
        return true;
      });
    }
    return paths;
  }

  const scratch_folder folder;
  fleet_config config;
  partial_fleet fleet;
};

TEST_F(checkpoint_rows, any_part_is_that_of_the_result) {
  const fleet_rows rows = rows_of_checkpoints(put(3, 100), config), expected = rows_of(fleet.result);
  std::mt19937_64 engine(1);
  for (const auto member : {&fleet_rows::distribution, &fleet_rows::logits, &fleet_rows::weights, &fleet_rows::bias,
                            &fleet_rows::generator_loss, &fleet_rows::discriminator_loss, &fleet_rows::history}) {
    const array_source<float>&found = rows.*member, &right = expected.*member;
    ASSERT_EQ(found.size(), right.size());
    for (int repetition = 0; repetition < 200; ++repetition) {
      const std::uint64_t first = engine() % right.size(),
                          count = repetition == 0 ? right.size() - first
                                                  : engine() % std::min<std::uint64_t>(20'000, right.size() - first);
      std::vector<float> a(count), b(count);
      found.copy(first, count, a.data());
      right.copy(first, count, b.data());
      ASSERT_TRUE(a == b) << first << " " << count;
    }
  }
}

// 20 MB: more than a piece of the file that is written.
TEST_F(checkpoint_rows, give_the_same_files) {
  write_result_file(folder / "whole.h5", config, fleet.result);
  ASSERT_GT(content(folder / "whole.h5").size(), 20'000'000u);
  write_result_file(folder / "joined.h5", config, rows_of_checkpoints(put(2, 200), config));
  EXPECT_TRUE(content(folder / "whole.h5") == content(folder / "joined.h5"));
}

TEST_F(checkpoint_rows, of_the_wrong_size_are_damage) {
  const std::string path = folder / "a";
  for (const int more : {-4, 4}) {
    std::filesystem::remove(path);
    create_checkpoint(path, bytes_of_settings(config));
    checkpoint_file file(path);
    bool last = false;
    file.add([&](checkpoint_record& record) {
      record = {0, config.num_gans, bytes_of_rows(config, fleet, 0, config.num_gans)};
      record.rows.resize(record.rows.size() + std::size_t(more));
      return !std::exchange(last, true);
    });
    EXPECT_THROW(rows_of_checkpoints({path}, config), damaged_file);
  }
}

TEST_F(checkpoint_rows, that_are_cut_off_meanwhile_are_damage) {
  const std::vector<std::string> paths = put(1, 7'001);
  const fleet_rows rows = rows_of_checkpoints(paths, config);
  std::filesystem::resize_file(paths[0], 100'000);
  EXPECT_THROW(write_result_file(folder / "a.h5", config, rows), damaged_file);
  EXPECT_FALSE(std::filesystem::exists(folder / "a.h5"));
}

}  // namespace
