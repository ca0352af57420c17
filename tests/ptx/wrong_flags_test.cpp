// SPDX-License-Identifier: Apache-2.0
// Kernels that nvcc compiled with other flags than the library's must give other bytes. This program is linked to
// fleet/k5.cu with -fmad=true and rows/kl_divergence.cu with -use_fast_math, and to the library for all others.
#include <gtest/gtest.h>

#include <vector>

#include "gumbelcuda/kl_divergence.hpp"
#include "kernels/rows/launch.hpp"
#include "tests/kernels/train_by_kernel.hpp"
#include "tests/unit/random_numbers.hpp"

namespace gumbelcuda {
namespace {

TEST(WrongFlags, FastMathIsSeenInTheBytes) {
  constexpr std::uint64_t rows = 40, classes = 9;
  random_numbers random(1);
  std::vector<float> p(rows * classes), q = p, expected(rows), result(rows);
  for (float& logit : p) logit = float(random.uniform(-4, 4));
  for (float& logit : q) logit = float(random.uniform(-4, 4));
  kl_divergence_task task{.rows = rows,
                          .classes = classes,
                          .type = number_type::float32,
                          .p_logits = {p.data()},
                          .q_logits = {q.data()},
                          .kl = expected.data()};
  kl_divergence(task);
  task.kl = result.data();
  ASSERT_EQ(launch_rows(task, nullptr), 0);
  for (std::uint64_t row = 0; row < rows; ++row)
    EXPECT_NEAR(result[row], expected[row], 1e-4f * expected[row]) << "not the same function at all";
  EXPECT_NE(result, expected);
}

TEST(WrongFlags, FusedProductsAreSeenInTheBytes) {
  fleet_config config;
  config.num_gans = 9;
  config.epochs = 2;
  config.steps_per_epoch = 3;
  config.generator_steps = 3;
  config.temperature = {.5f};
  const fleet_result expected = train_fleet(config);
  const fleet_result result = train_by_kernel(config, {{fleet_mapping::gan_in_thread, 1, 0}}, false, 6);
  ASSERT_EQ(result.weights.size(), expected.weights.size());
  for (std::size_t i = 0; i < result.weights.size(); ++i)
    EXPECT_NEAR(result.weights[i], expected.weights[i], 1e-3f) << "not the same function at all";
  EXPECT_NE(result.weights, expected.weights);
}

}  // namespace
}  // namespace gumbelcuda
