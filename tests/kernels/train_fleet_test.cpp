// SPDX-License-Identifier: Apache-2.0
// The fleet's kernel under the interpreter gives the CPU backend's bytes: for every kind of size, racing or not, in
// launches of any number of steps, and under every schedule of its threads.
#include <gtest/gtest.h>

#include <algorithm>

#include "gumbelcuda/fleet.hpp"
#include "gumbelcuda/gan/training_constants.hpp"
#include "kernels/train_fleet_launch.cuh"
#include "tests/gan/golden.hpp"
#include "tests/gan/same_result.hpp"
#include "tests/simt/schedule.hpp"

namespace gumbelcuda {
namespace {

constexpr float poison = -12345.678f;

// What a host driver does, with host memory for the device's.
fleet_result train_by_kernel(const fleet_config& config, const fleet_plan& plan, bool racing,
                             std::uint64_t steps_per_launch) {
  const training_constants constants(config.target);
  fleet_result r;
  r.classes = int(config.target.size());
  const std::size_t gans = config.num_gans, values = gans * config.target.size();
  for (auto* v : {&r.distribution, &r.logits, &r.weights}) v->assign(values, poison);
  for (auto* v : {&r.bias, &r.generator_loss, &r.discriminator_loss}) v->assign(gans, poison);
  r.history.assign(config.history_gans * std::uint64_t(config.epochs) * config.target.size(), poison);
  std::vector<float> state(gans * fleet_state_size(r.classes), poison);

  fleet_slice slice{};
  slice.classes = r.classes;
  slice.batch_size = int(config.batch_size);
  slice.generator_steps = int(config.generator_steps);
  slice.steps_per_epoch = std::uint64_t(config.steps_per_epoch);
  slice.epochs = std::uint64_t(config.epochs);
  slice.seed = config.seed;
  slice.first_row = config.first_gan;
  slice.num_gans = config.num_gans;
  slice.target = constants.target.data();
  slice.first_word = constants.first_word.data();
  slice.last_word = constants.last_word.data();
  slice.corrections = constants.adam_values.data();
  slice.num_corrections = constants.adam_values.size();
  slice.temperature = config.temperature.data();
  slice.generator_rate = config.generator_learning_rate.data();
  slice.discriminator_rate = config.discriminator_learning_rate.data();
  slice.temperature_stride = config.temperature.size() > 1;
  slice.generator_rate_stride = config.generator_learning_rate.size() > 1;
  slice.discriminator_rate_stride = config.discriminator_learning_rate.size() > 1;
  slice.racing = racing;
  slice.state = state.data();
  slice.results = {r.distribution.data(), r.logits.data(),         r.weights.data(),
                   r.bias.data(),         r.generator_loss.data(), r.discriminator_loss.data()};
  slice.history = r.history.data();
  slice.history_gans = config.history_gans;
  const std::uint64_t steps = slice.epochs * slice.steps_per_epoch;
  for (slice.first_step = 0; slice.first_step < steps; slice.first_step = slice.last_step) {
    slice.last_step = std::min(steps, slice.first_step + steps_per_launch);
    EXPECT_EQ(launch_train_fleet_as(slice, nullptr, plan), launch_success);
  }
  return r;
}

struct kernel_case {
  int classes, batch, generator_steps;
  float temperature;
  std::uint64_t gans;
  float learning_rate = 7e-4f;
};

// Every plan that there could be for its size.
std::vector<fleet_plan> plans(const kernel_case& c) {
  std::vector<fleet_plan> all;
  if (c.classes <= most_classes_of_thread) all.push_back({fleet_mapping::gan_in_thread, 1, 0});
  if (c.classes > short_sum_length) all.push_back({fleet_mapping::classes_in_lanes, lanes_of_warp, 0});
  for (int lanes = 2; c.classes <= short_sum_length && lanes <= lanes_of_warp; lanes *= 2)
    all.push_back(plan_samples_in_lanes(c.classes, c.batch, lanes));
  return all;
}

class TrainFleetKernel : public testing::TestWithParam<kernel_case> {};

TEST_P(TrainFleetKernel, GivesTheCpusBytes) {
  const kernel_case& c = GetParam();
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
  const fleet_result expected = train_fleet(config);
  for (const fleet_plan& plan : plans(c))
    for (const bool racing : {false, true}) {
      if (racing && plan.mapping != fleet_mapping::gan_in_thread) continue;  // only threads race
      for (const std::uint64_t steps : {1, 2, 6}) {
        SCOPED_TRACE(testing::Message() << to_string(plan) << (racing ? ", racing, " : ", ") << steps
                                        << " steps a launch");
        expect_same(train_by_kernel(config, plan, racing, steps), expected);
      }
    }
}

INSTANTIATE_TEST_SUITE_P(
    SizesAndTemperatures, TrainFleetKernel,
    // Only 5 classes have a kernel of their own here (GUMBELCUDA_ONLY_ARTICLE_SHAPE); others share one.
    testing::Values(kernel_case{5, 10, 10, 1e-3f, 1}, kernel_case{5, 10, 10, 1e-3f, 130},
                    kernel_case{5, 10, 3, 0.f, 33}, kernel_case{5, 10, 3, .5f, 33}, kernel_case{5, 10, 3, 1e30f, 5},
                    kernel_case{2, 10, 2, 1e-3f, 33}, kernel_case{3, 10, 2, 1e-3f, 33},
                    kernel_case{4, 10, 2, 1e-3f, 33}, kernel_case{6, 10, 2, 1e-3f, 33},
                    kernel_case{7, 10, 2, 1e-3f, 33}, kernel_case{8, 10, 2, 1e-3f, 33},
                    kernel_case{10, 10, 2, 1e-3f, 33}, kernel_case{16, 10, 2, 1e-3f, 33},
                    // Batches on both sides of a quad, of the sums' switch at 16 and of the race's 32 samples.
                    kernel_case{5, 1, 3, 1e-3f, 9}, kernel_case{5, 3, 3, 1e-3f, 9}, kernel_case{5, 16, 3, 5e-3f, 9},
                    kernel_case{5, 17, 3, 5e-3f, 9}, kernel_case{5, 31, 3, 5e-3f, 9}, kernel_case{5, 131, 3, 5e-3f, 5},
                    kernel_case{9, 33, 2, 1e-3f, 5}, kernel_case{32, 10, 2, 1e-3f, 5}, kernel_case{33, 10, 1, 1e-3f, 3},
                    kernel_case{17, 10, 2, 1e-3f, 5}, kernel_case{64, 17, 1, .5f, 5}, kernel_case{65, 33, 1, .5f, 3},
                    kernel_case{257, 5, 1, 1e-2f, 3}, kernel_case{1024, 2, 1, 1.f, 2},
                    // Trainings that run away to infinities and NaN.
                    kernel_case{5, 10, 10, 1e-3f, 20, 30.f}, kernel_case{5, 10, 10, 1e-3f, 20, 2e38f}));

TEST(TrainFleetKernelOnce, PerGanTemperaturesAndRatesActOnTheirGan) {
  fleet_config config;
  config.num_gans = 40;
  config.epochs = 1;
  config.steps_per_epoch = 2;
  config.temperature.clear();
  config.generator_learning_rate.clear();
  for (int i = 0; i < 40; ++i) {
    config.temperature.push_back(i % 3 == 0 ? .5f : 1e-3f * float(1 + i % 7));
    config.generator_learning_rate.push_back(1e-4f * float(1 + i));
  }
  const fleet_result expected = train_fleet(config);
  simt::under_schedules(4, [&](std::uint64_t) {
    expect_same(train_by_kernel(config, {fleet_mapping::gan_in_thread, 1, 0}, true, 2), expected);
  });
}

TEST(TrainFleetKernelOnce, NoGansIsSuccess) {
  fleet_slice slice{};
  slice.classes = 5;
  slice.batch_size = 10;
  EXPECT_EQ(launch_train_fleet_on(slice, nullptr), launch_success);
}

}  // namespace
}  // namespace gumbelcuda
