// SPDX-License-Identifier: Apache-2.0
// Reports about a fleet, for programs and for people: the keys and values of the JSON, and the columns of the table.
#include "host/results/report.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <sstream>

#include "tests/results/example_fleet.hpp"

namespace {

using nlohmann::json;

struct report : testing::Test {
  gumbelcuda::fleet_config config = example_config(1'000);
  gumbelcuda::fleet_result fleet = example_result(config);
  gumbelcuda::fleet_statistics statistics = gumbelcuda::collect(fleet, config.target, .45);
  // The report as a reader receives it.
  json read_back() const { return json::parse(gumbelcuda::to_json(config, fleet, statistics).dump()); }
};

TEST_F(report, json_holds_the_whole_run) {
  const json found = read_back();
  EXPECT_EQ(found["gans"], 1'000);
  EXPECT_EQ(found["backend"], "cpu");
  EXPECT_EQ(found["hardware"], "avx2");
  EXPECT_EQ(found["threads"], 3);
  EXPECT_EQ(found["seconds"], 2.5);
  EXPECT_EQ(found["gans_per_second"], 400);
  EXPECT_EQ(found["seed"].get<std::uint64_t>(), 0xfedcba9876543210);
  EXPECT_EQ(found["first_gan"].get<std::uint64_t>(), 1ull << 40);
  EXPECT_EQ(found["epochs"], 3);
  EXPECT_EQ(found["steps_per_epoch"], 100);
  EXPECT_EQ(found["batch_size"], 10);
  EXPECT_EQ(found["generator_steps"], 10);
  EXPECT_EQ(found["target"].get<std::vector<double>>(), config.target);
  EXPECT_EQ(found["mean"].get<std::vector<double>>(), statistics.mean);
  EXPECT_EQ(found["stddev"].get<std::vector<double>>(), statistics.stddev);
  EXPECT_EQ(found["quantiles"]["0.05"].get<std::vector<double>>(), statistics.quantile_05);
  EXPECT_EQ(found["quantiles"]["0.5"].get<std::vector<double>>(), statistics.median);
  EXPECT_EQ(found["quantiles"]["0.95"].get<std::vector<double>>(), statistics.quantile_95);
  EXPECT_EQ(found["total_variation"].get<double>(), statistics.mean_total_variation);
  EXPECT_EQ(found["max_total_variation"].get<double>(), statistics.max_total_variation);
  EXPECT_EQ(found["kl_divergence"].get<double>(), statistics.mean_kl);
  EXPECT_EQ(found["converged"].get<std::uint64_t>(), statistics.converged);
  EXPECT_EQ(found["tolerance"], .45);
  EXPECT_EQ(found["diverged"], 0);
}

TEST_F(report, json_has_rates_as_people_write_them) {
  EXPECT_EQ(read_back()["generator_learning_rate"].dump(), "0.0007");
  EXPECT_EQ(read_back()["temperature"].dump(), "0.001");
  config.temperature = {.1f, .2f};
  EXPECT_EQ(read_back()["temperature"].dump(), "[0.1,0.2]");
}

TEST_F(report, the_table_has_the_tolerance_as_it_was_given) {
  statistics.tolerance = .123456789;
  EXPECT_NE(gumbelcuda::table(config, statistics).find("at most 0.123456789): "), std::string::npos);
}

TEST_F(report, json_writes_null_where_there_is_no_number) {
  std::fill(fleet.distribution.begin(), fleet.distribution.end(), std::numeric_limits<float>::quiet_NaN());
  statistics = gumbelcuda::collect(fleet, config.target);
  const json found = read_back();
  EXPECT_EQ(found["diverged"], 1'000);
  EXPECT_TRUE(found["total_variation"].is_null());
  EXPECT_TRUE(found["mean"][4].is_null());
}

TEST_F(report, table_has_a_line_a_class_and_aligned_columns) {
  statistics.mean = {.0018, .0018, .1001, .2988, .5975};
  statistics.converged = 990;
  std::istringstream lines(gumbelcuda::table(config, statistics));
  std::vector<std::string> found;
  for (std::string line; std::getline(lines, line);) found.push_back(line);
  ASSERT_EQ(found.size(), 8u);
  EXPECT_EQ(found[0], "class    target      mean    stddev       5 %    median      95 %");
  for (std::size_t i = 1; i < 6; ++i) EXPECT_EQ(found[i].size(), found[0].size());
  EXPECT_TRUE(found[1].starts_with("    0    0.0000    0.0018")) << found[1];
  EXPECT_TRUE(found[5].starts_with("    4    0.6000    0.5975")) << found[5];
  EXPECT_TRUE(found[6].starts_with("total variation to the target: mean 0.")) << found[6];
  EXPECT_EQ(found[7], "converged (total variation at most 0.45): 990 of 1000");
}

TEST_F(report, table_tells_of_diverged_gans) {
  statistics.diverged = 3;
  EXPECT_NE(gumbelcuda::table(config, statistics).find("; diverged and left out above: 3\n"), std::string::npos);
}

}  // namespace
