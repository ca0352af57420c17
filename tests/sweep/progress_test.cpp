// SPDX-License-Identifier: Apache-2.0
// What a sweep reports while it trains. It takes seconds, and minutes with sanitizers, for which it has nothing to
// show.
#include <gtest/gtest.h>

#include "gumbelcuda/sweep.hpp"

namespace gumbelcuda {
namespace {

TEST(Sweep, ReportsProgressUpToItsEnd) {
  sweep_config config;
  config.num_gans = 2000;
  config.epochs = {30};
  config.until_total_variation = .3;  // epochs that a GAN does not need count as done
  config.generator_learning_rate.clear();
  for (int i = 0; i < 2000; ++i) config.generator_learning_rate.push_back(i % 3 ? 7e-4f : 1e-2f);
  progress_report latest;
  fleet_execution execution;
  execution.on_progress = [&](const progress_report& report) {
    EXPECT_LE(latest.done, report.done);
    latest = report;
  };
  execution.threads = 1;  // seconds, on any machine
  train_sweep(config, execution);
  EXPECT_EQ(latest.total, 60000u);
  // The last report is a fraction of a second before the end; without what early stops spare it would have a sixth.
  EXPECT_GT(latest.done, latest.total / 2);
}

}  // namespace
}  // namespace gumbelcuda
