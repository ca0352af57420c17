// SPDX-License-Identifier: Apache-2.0
// Sweeps on a device give the CPU's bytes, also where its memory holds only some GANs at a time.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>

#include "gumbelcuda/partial_training.hpp"
#include "tests/cuda/fake_devices.hpp"
#include "tests/sweep/mixed_sweep.hpp"

namespace gumbelcuda {
namespace {

sweep_result train(const sweep_config& config, backend_kind backend) {
  fleet_execution execution;
  execution.backend = backend;
  return train_sweep(config, execution);
}

void expect_the_cpus_bytes(const sweep_config& config) {
  const sweep_result result = train(config, backend_kind::cuda);
  expect_same(result, train(config, backend_kind::cpu));
  EXPECT_EQ(result.backend, "cuda");
  expect_no_offences();
}

TEST(SweepDriver, GivesGansThatDifferTheCpusBytes) {
  sweep_config config = mixed();
  config.until_total_variation = .3;
  fake_cuda::install({});
  expect_the_cpus_bytes(config);
}

TEST(SweepDriver, GivesEveryProblemTheCpusBytes) {
  fake_cuda::install({});
  for (const problem_case& c : every_problem()) {
    SCOPED_TRACE(c.name);
    sweep_config config = sweep_of(c);
    config.num_gans = config.history_gans = 2;
    config.steps_per_epoch = 2;
    config.batch_size = {3};
    expect_the_cpus_bytes(config);
  }
}

TEST(SweepDriver, TrainsInSlicesWhatMemoryCannotHold) {
  sweep_config config;
  config.num_gans = 23;
  config.epochs = {2};
  config.steps_per_epoch = 2;
  config.generator_steps = {1};
  fake_cuda::install({.memory = 4096});
  expect_the_cpus_bytes(config);
}

TEST(SweepDriver, TrainsWhatHasNotEnded) {
  const sweep_config config = mixed();
  fake_cuda::install({.devices = 2});
  const sweep_result expected = train(config, backend_kind::cpu);
  partial_sweep sweep;
  prepare(config, sweep);
  // Those that have ended have results that no training gives.
  for (std::uint64_t gan = 0; gan < config.num_gans; ++gan)
    if (gan % 3 != 0 && gan < 37) sweep.ended[gan] = 1, sweep.result.total_variation[gan] = 9;
  train_sweep(config, sweep, {.backend = backend_kind::cuda, .devices = {0, 1}});
  for (std::uint64_t gan = 0; gan < config.num_gans; ++gan) {
    EXPECT_EQ(sweep.ended[gan], 1);
    EXPECT_EQ(sweep.result.total_variation[gan], gan % 3 != 0 && gan < 37 ? 9 : expected.total_variation[gan]) << gan;
  }
  expect_no_offences();
}

TEST(SweepDriver, PausesGansThatGoOnAnywhere) {
  sweep_config config = mixed();
  config.until_total_variation = .3;
  const sweep_result expected = train(config, backend_kind::cpu);
  std::size_t paused = 0;
  for (const std::uint64_t calls : {40, 70, 100, 200, 400}) {
    SCOPED_TRACE(testing::Message() << "stopped after " << calls << " calls");
    partial_sweep sweep;
    for (int part = 0; part < 3; ++part) {
      std::atomic<bool> stop{false};
      fake_cuda::install({.devices = 2, .on_call = [&](std::uint64_t call) { stop = stop || call >= calls; }});
      fleet_execution execution{.backend = part == 2 ? backend_kind::cpu : backend_kind::cuda};
      if (part < 2) execution.stop = &stop;
      try {
        train_sweep(config, sweep, execution);
      } catch (const interrupted&) {
      }
      expect_no_offences();
      paused += sweep.paused.size();
    }
    EXPECT_TRUE(sweep.paused.empty());
    expect_same(sweep.result, expected);
  }
  EXPECT_GT(paused, 3u);
}

TEST(SweepDriver, RefusesMoreClassesThanItsKernelsHold) {
  sweep_config config;
  config.target = {std::vector<double>(64, 1. / 64)};
  fake_cuda::install({});
  EXPECT_THROW(train(config, backend_kind::cuda), invalid_argument);
}

}  // namespace
}  // namespace gumbelcuda
