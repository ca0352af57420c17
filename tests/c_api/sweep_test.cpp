// SPDX-License-Identifier: Apache-2.0
// Sweeps in C: the bytes of C++ for every setting, defaults, refusals by name, stops.
#include <functional>

#include "tests/c_api/c_training.hpp"
#include "tests/sweep/mixed_sweep.hpp"

namespace gumbelcuda {
namespace {

using namespace testing_c;

gumbelcuda_sweep_config of_gans(std::uint64_t num_gans) {
  gumbelcuda_sweep_config config{};
  config.struct_size = sizeof config;
  config.num_gans = num_gans;
  return config;
}

void expect_the_same_in_c(const sweep_config& config) {
  const sweep_result expected = train_sweep(config);
  const c_sweep c(config);
  const c_sweep_result trained = train(c.config);
  const sweep_result found = in_cpp(trained.get());
  expect_same(found, expected);
  EXPECT_EQ(found.backend, expected.backend);
  EXPECT_EQ(found.target, expected.target);
  EXPECT_EQ(found.threads, expected.threads);
  EXPECT_EQ(found.lanes_busy, expected.lanes_busy);
  EXPECT_GT(found.seconds, 0);
}

TEST(CSweep, GivesTheBytesOfCpp) {
  expect_the_same_in_c(mixed());
  for (const problem_case& c : every_problem()) {
    SCOPED_TRACE(c.name);
    expect_the_same_in_c(sweep_of(c));
  }
  sweep_config config = sweep_of(every_problem()[0]);
  config.until_total_variation = 0.5;
  config.first_gan = 77;
  config.initial_logits.assign(config.num_gans, {});
  config.initial_logits[3] = {1, 2, 3, 4};
  expect_the_same_in_c(config);
}

TEST(CSweep, HasTheDefaultsOfCpp) {
  sweep_config config;
  config.num_gans = 2;
  const c_sweep_result trained = train(of_gans(2));
  expect_same(in_cpp(trained.get()), train_sweep(config));
  gumbelcuda_sweep_view view{};
  view.struct_size = sizeof view;
  ASSERT_EQ(gumbelcuda_view_sweep(trained.get(), &view), GUMBELCUDA_SUCCESS);
  for (const float* const empty : {view.history, view.history_total_variation, view.nonzero_gradients})
    EXPECT_EQ(empty, nullptr);
  config.problem[0].estimator = gan_estimator::gumbel_rao;  // of 10 inner samples
  gumbelcuda_gan_problem problem{};
  problem.estimator = GUMBELCUDA_ESTIMATOR_GUMBEL_RAO;
  gumbelcuda_sweep_config c = of_gans(2);
  c.problem = {&problem, 1};
  const std::int64_t epochs = 1;
  c.epochs = {&epochs, 1};
  config.epochs = {1};
  expect_same(in_cpp(train(c).get()), train_sweep(config));
}

TEST(CSweep, TellsTheBytesOfTheResult) {
  const c_sweep c(mixed());
  std::uint64_t bytes = 0;
  EXPECT_EQ(gumbelcuda_sweep_bytes(&c.config, &bytes), GUMBELCUDA_SUCCESS);
  EXPECT_EQ(bytes, result_bytes(mixed()));
  expect_refusal(gumbelcuda_sweep_bytes(&c.config, nullptr), "bytes", "null");
}

TEST(CSweep, RefusesWhatIsWrongByNameAndValue) {
  struct refusal {
    const char *name, *part;
    std::function<void(c_sweep&)> spoil;
  };
  const refusal refusals[] = {
      {"config.struct_size", "1000", [](auto& c) { c.config.struct_size = 1000; }},
      {"num_gans", "0", [](auto& c) { c.config.num_gans = 0; }},
      {"target", "40 values, but 1 or one for each of the 41", [](auto& c) { --c.config.target.count; }},
      {"target", "null", [](auto& c) { c.config.target.data = nullptr; }},
      {"target.length", "null", [](auto& c) { c.config.target.length = nullptr; }},
      {"target.length[3]", "-1 is not in 2", [](auto& c) { c.target.length[3] = -1; }},
      {"target.length[3]", "1025 is not in 2", [](auto& c) { c.target.length[3] = 1025; }},
      {"target[1]", "sum to 2", [](auto& c) { c.target.values[4] = c.target.values[5] = c.target.values[6] = 2. / 3; }},
      {"data", "null", [](auto& c) { c.config.data.count = 1; }},
      {"order", "3 is none", [](auto& c) { c.config.order = 3; }},
      {"problem", "null", [](auto& c) { c.config.problem.data = nullptr; }},
      {"problem", "2 values", [](auto& c) { c.config.problem.count = 2; }},
      {"problem[7].reserved", "1 is not 0", [](auto& c) { c.problem[7].reserved[1] = 1; }},
      {"problem[7].loss", "4 is none", [](auto& c) { c.problem[7].loss = 4; }},
      {"problem[7].hidden_layers", "-1", [](auto& c) { c.problem[7].hidden_layers = -1; }},
      {"seed", "0 values", [](auto& c) { c.config.seed.count = 0; }},
      {"beta_1[2]", "1 is not in 0", [](auto& c) { c.from.beta_1[2] = 1; }},
      {"temperature[5].knots[7].reserved", "9 is not 0", [](auto& c) { c.temperature[5].knots[7].reserved = 9; }},
      {"temperature[5].knot_count", "9", [](auto& c) { c.temperature[5].knot_count = 9; }},
      {"steps_per_epoch", "-1", [](auto& c) { c.config.steps_per_epoch = -1; }},
      {"initial_logits.length[40]", "-3", [](auto& c) { c.initial_logits.length[40] = -3; }},
      {"initial_logits", "2 values", [](auto& c) { c.config.initial_logits.count = 2; }},
      {"until_total_variation", "2 is neither",
       [](auto& c) {
         c.from.until_total_variation = 2;
         c.config.until_total_variation = &c.from.until_total_variation;
       }},
      {"gradient_samples", "1 is not in 2", [](auto& c) { c.config.gradient_samples = 1; }},
      {"history_gans", "42 is more", [](auto& c) { c.config.history_gans = 42; }},
  };
  for (const refusal& r : refusals) {
    c_sweep c(mixed());
    r.spoil(c);
    auto* result = reinterpret_cast<gumbelcuda_sweep_result*>(&c);
    expect_refusal(gumbelcuda_train_sweep(&result, &c.config, nullptr), r.name, r.part);
    EXPECT_EQ(result, nullptr);
    std::uint64_t bytes = 99;
    expect_refusal(gumbelcuda_sweep_bytes(&c.config, &bytes), r.name, r.part);
    EXPECT_EQ(bytes, 99u);
  }
  const gumbelcuda_sweep_config c = of_gans(1);
  expect_refusal(gumbelcuda_train_sweep(nullptr, &c, nullptr), "result", "null");
  gumbelcuda_sweep_view view{};
  expect_refusal(gumbelcuda_view_sweep(nullptr, &view), "result", "null");
}

TEST(CSweep, StopsWhenItIsTold) {
  gumbelcuda_training_execution execution = default_execution();
  execution.on_progress = [](void*, std::uint64_t, std::uint64_t) { return 1; };
  const gumbelcuda_sweep_config config = of_gans(100'000);
  auto* result = reinterpret_cast<gumbelcuda_sweep_result*>(1);
  EXPECT_EQ(gumbelcuda_train_sweep(&result, &config, &execution), GUMBELCUDA_INTERRUPTED);
  EXPECT_EQ(result, nullptr);
}

}  // namespace
}  // namespace gumbelcuda
