// SPDX-License-Identifier: Apache-2.0
// A sweep's CSV, its summary, table and JSON object.
#include "host/results/sweep_summary.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "gumbelcuda/error.hpp"
#include "host/results/sweep_csv.hpp"
#include "tests/results/small_sweep.hpp"

namespace {

using namespace gumbelcuda;

std::string csv_of(const sweep_record& record) {
  std::string text;
  write_sweep_csv([&text](const std::string& block) { text += block; }, record);
  return text;
}

TEST(sweep_csv, has_a_row_a_gan) {
  const sweep_record record = small_sweep();
  EXPECT_EQ(
      csv_of(record),
      "gan,generator_learning_rate,target,outcome,epochs,steps,total_variation,generator_loss,"
      "discriminator_loss,nonzero_gradients,gradient_variance,p0,p1,p2,p3\n"
      "1000,0.1,\"0.5,0.5\",end,1,7,0.375,0.5,0.25,0,0,0.5,0.5,,\n"
      "1001,0.2,\"0.2,\"\"0.3\"\"\",converged,2,14,0.3125,0.5625,0.3125,0.125,0.625,0.200000003,0.300000012,0.5,\n"
      "1002,0.3,ä,end,3,21,0.25,0.625,0.375,0.25,1.25,0.25,0.25,0.25,0.25\n"
      "1003,0.4,\"0.5,0.5\",end,4,28,0.1875,0.6875,0.4375,0.375,1.875,0.5,0.5,,\n"
      "1004,0.5,\"0.2,\"\"0.3\"\"\",diverged,3,21,nan,nan,nan,nan,nan,nan,nan,nan,\n"
      "1005,0.6,,end,2,14,0.0625,0.8125,0.5625,0.625,3.125,0,0.5,0,0.5\n");
  EXPECT_LE(least_sweep_csv_bytes(record), csv_of(record).size());
}

TEST(sweep_csv, has_no_gradients_where_none_were_looked_at) {
  sweep_record record = small_sweep(false);
  EXPECT_NE(csv_of(record).find("generator_loss,discriminator_loss,p0,"), std::string::npos);
  EXPECT_LE(least_sweep_csv_bytes(record), csv_of(record).size());
  record.result.nonzero_gradients.assign(6, 1);
  EXPECT_THROW(csv_of(record), invalid_argument);
}

TEST(sweep_csv, of_arrays_that_do_not_fit_is_refused) {
  sweep_record record = small_sweep();
  record.axes[1].value.pop_back();
  EXPECT_THROW(csv_of(record), invalid_argument);
  record = small_sweep();
  record.result.distribution.pop_back();
  EXPECT_THROW(csv_of(record), invalid_argument);
  record = small_sweep();
  record.result.gradient_variance.pop_back();
  EXPECT_THROW(csv_of(record), invalid_argument);
}

TEST(sweep_summary, counts_and_ranks) {
  sweep_record record = small_sweep();
  sweep_summary summary = summarise(record);
  EXPECT_EQ(summary.diverged, 1u);
  EXPECT_EQ(summary.stopped, 1u);
  EXPECT_EQ(summary.converged, 1u);  // .0625 is within .125
  EXPECT_EQ(summary.median, .25);
  EXPECT_NEAR(summary.quantile_05, .0625 + .2 * .125, 1e-15);
  EXPECT_EQ(summary.best, (std::vector<std::uint64_t>{5, 3, 2, 1, 0}));
  record.result.total_variation.assign(6, .125f);
  summary = summarise(record);
  EXPECT_EQ(summary.converged, 5u);  // the one that diverged is not among them, whatever its number
  EXPECT_EQ(summary.best, (std::vector<std::uint64_t>{0, 1, 2, 3, 5}));
  record.result.outcome.assign(6, gan_outcome::diverged);
  summary = summarise(record);
  EXPECT_TRUE(std::isnan(summary.median));
  EXPECT_TRUE(summary.best.empty());
}

TEST(sweep_summary, prints_the_best_gans_with_their_axes) {
  const sweep_record record = small_sweep();
  const std::string text = table(record, summarise(record));
  EXPECT_NE(text.find("converged (total variation at most 0.125): 1 of 6 (16.7 %)\n"), std::string::npos) << text;
  EXPECT_NE(text.find("stopped early (total variation at most 0.25): 1 of 6 (16.7 %)\n"), std::string::npos) << text;
  EXPECT_NE(text.find("diverged: 1 of 6 (16.7 %)\n"), std::string::npos) << text;
  EXPECT_NE(text.find("      1003           0.1875                      0.4    0.5,0.5\n"), std::string::npos) << text;
}

TEST(sweep_summary, has_null_in_json_for_numbers_that_are_not_there) {
  sweep_record record = small_sweep();
  record.result.outcome.assign(6, gan_outcome::diverged);
  const auto object = nlohmann::json::parse(to_json(record, summarise(record)).dump());
  EXPECT_TRUE(object["total_variation"]["0.5"].is_null());
  EXPECT_EQ(object["diverged"], 6);
  EXPECT_EQ(object["axes"][1]["words"][0], "0.5,0.5");
}

}  // namespace
