// SPDX-License-Identifier: Apache-2.0
// The fleet's kernels, under the interpreter, give the CPU backend's bytes: for every kind of size, with every number
// of threads for a GAN, racing or not, in launches of any number of steps, and under every schedule of their threads.
#include <gtest/gtest.h>

#include <ostream>

#include "gumbelcuda/fleet.hpp"
#include "tests/gan/golden.hpp"
#include "tests/gan/same_result.hpp"
#include "tests/kernels/train_by_kernel.hpp"
#include "tests/simt/schedule.hpp"

namespace gumbelcuda {
namespace {

struct kernel_case {
  int classes, batch, generator_steps;
  float temperature;
  std::uint64_t gans;
  float learning_rate = 7e-4f;
};

void PrintTo(const kernel_case& c, std::ostream* out) {
  *out << c.classes << " classes, batch " << c.batch << ", " << c.generator_steps << " generator steps, temperature "
       << c.temperature << ", " << c.gans << " GANs, rate " << c.learning_rate;
}

fleet_config config_of(const kernel_case& c) {
  fleet_config config;
  config.num_gans = c.gans;
  config.target = golden::some_target(c.classes);
  config.epochs = 2;
  config.steps_per_epoch = 3;
  config.batch_size = c.batch;
  config.generator_steps = c.generator_steps;
  config.temperature = {c.temperature};
  config.generator_learning_rate = config.discriminator_learning_rate = {c.learning_rate};
  config.history_gans = (c.gans + 1) / 2;
  config.seed = 0x123456789abcdef0;
  config.first_gan = 0xfffffffe;  // rows on both sides of 2^32
  return config;
}

class TrainFleetKernel : public testing::TestWithParam<kernel_case> {};

TEST_P(TrainFleetKernel, GivesTheCpusBytes) {
  const kernel_case& c = GetParam();
  const fleet_config config = config_of(c);
  const fleet_result expected = train_fleet(config);
  for (const fleet_plan& plan : every_plan(c.classes, c.batch))
    for (const bool racing : {false, true}) {
      if (racing && plan.mapping != fleet_mapping::gan_in_thread) continue;  // only this mapping can race
      for (const std::uint64_t steps : {1, 2, 6}) {
        SCOPED_TRACE(testing::Message() << to_string(plan) << (racing ? ", racing, " : ", ") << steps
                                        << " steps a launch");
        expect_same(train_by_kernel(config, {plan}, racing, steps), expected);
      }
    }
}

INSTANTIATE_TEST_SUITE_P(
    SizesAndTemperatures, TrainFleetKernel,
    // Only 5 classes have kernels of their own here (GUMBELCUDA_ONLY_ARTICLE_SHAPE); other sizes share kernels.
    testing::Values(kernel_case{5, 10, 10, 1e-3f, 1}, kernel_case{5, 10, 10, 1e-3f, 130},
                    kernel_case{5, 10, 3, 0.f, 33}, kernel_case{5, 10, 3, .5f, 33}, kernel_case{5, 10, 3, 1e30f, 5},
                    kernel_case{2, 10, 2, 1e-3f, 33}, kernel_case{3, 10, 2, 1e-3f, 33},
                    kernel_case{4, 10, 2, 1e-3f, 33}, kernel_case{6, 10, 2, 1e-3f, 33},
                    kernel_case{7, 10, 2, 1e-3f, 33}, kernel_case{8, 10, 2, 1e-3f, 33},
                    kernel_case{10, 10, 2, 1e-3f, 33}, kernel_case{16, 10, 2, 1e-3f, 33},
                    // Batches on both sides of a quad, of 16, where sums switch the number of slots, and of the race's
                    // 32 samples.
                    kernel_case{5, 1, 3, 1e-3f, 9}, kernel_case{5, 3, 3, 1e-3f, 9}, kernel_case{5, 16, 3, 5e-3f, 9},
                    kernel_case{5, 17, 3, 5e-3f, 9}, kernel_case{5, 31, 3, 5e-3f, 9}, kernel_case{5, 131, 3, 5e-3f, 5},
                    kernel_case{3, 4096, 1, .5f, 1}, kernel_case{40, 200, 1, .5f, 1}, kernel_case{9, 33, 2, 1e-3f, 5},
                    kernel_case{32, 10, 2, 1e-3f, 5}, kernel_case{33, 10, 1, 1e-3f, 3},
                    kernel_case{17, 10, 2, 1e-3f, 5}, kernel_case{20, 33, 1, .5f, 3}, kernel_case{64, 17, 1, .5f, 5},
                    kernel_case{65, 33, 1, .5f, 3}, kernel_case{256, 3, 1, .1f, 2}, kernel_case{257, 5, 1, 1e-2f, 3},
                    kernel_case{1000, 16, 1, .5f, 2}, kernel_case{1024, 18, 1, 1.f, 1},
                    // Trainings that diverge to infinities and NaN.
                    kernel_case{5, 10, 10, 1e-3f, 20, 30.f}, kernel_case{5, 10, 10, 1e-3f, 20, 2e38f}));

// Every mapping can continue from the `state` that another one left.
TEST(TrainFleetKernelOnce, MappingsCanTakeTurns) {
  for (const kernel_case& c :
       {kernel_case{5, 10, 3, 1e-3f, 9}, kernel_case{9, 20, 2, .5f, 5}, kernel_case{20, 7, 2, .1f, 5}})
    for (const bool racing : {false, true}) {
      const fleet_config config = config_of(c);
      expect_same(train_by_kernel(config, every_plan(c.classes, c.batch), racing, 1), train_fleet(config));
    }
}

// Under any schedule of lanes, warps and blocks; each GAN has its own temperature and rate.
TEST(TrainFleetKernelOnce, PerGanTemperaturesAndRatesActOnTheirGan) {
  for (const kernel_case& c :
       {kernel_case{5, 10, 10, 0, 20}, kernel_case{7, 19, 2, 0, 11}, kernel_case{33, 5, 2, 0, 7}}) {
    fleet_config config = config_of(c);
    config.epochs = 1;
    config.temperature.clear();
    config.generator_learning_rate.clear();
    for (int i = 0; i < int(c.gans); ++i) {
      config.temperature.push_back(i % 3 == 0 ? .5f : 1e-3f * float(1 + i % 7));
      config.generator_learning_rate.push_back(1e-4f * float(1 + i));
    }
    const fleet_result expected = train_fleet(config);
    for (const fleet_plan& plan : every_plan(c.classes, c.batch)) {
      SCOPED_TRACE(to_string(plan));
      simt::under_schedules(4, [&](std::uint64_t) { expect_same(train_by_kernel(config, {plan}, true, 2), expected); });
    }
  }
}

// A sample of GAN 5866 ties, so that its gradient is of size 1/τ (tests/gan/equivalence_test.cpp).
TEST(TrainFleetKernelOnce, ATieAtTheLeastTemperaturesIsTheCpus) {
  for (const float temperature : {1e-25f, 1e-38f}) {
    fleet_config config;
    config.num_gans = 2;
    config.first_gan = 5866;
    config.epochs = 1;
    config.steps_per_epoch = 8;
    config.temperature = {temperature};
    const fleet_result expected = train_fleet(config);
    for (const fleet_plan& plan : every_plan(5, 10)) {
      SCOPED_TRACE(to_string(plan));
      expect_same(train_by_kernel(config, {plan}, true, 8), expected);
    }
  }
}

TEST(TrainFleetKernelOnce, NoGansIsSuccess) {
  for (const int classes : {5, 33, 1024}) {
    fleet_slice slice{};
    slice.classes = classes;
    slice.batch_size = 10;
    slice.multiprocessors = 100;
    EXPECT_EQ(launch_train_fleet_on(slice, nullptr), launch_success);
  }
}

}  // namespace
}  // namespace gumbelcuda
