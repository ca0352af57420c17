// SPDX-License-Identifier: Apache-2.0
// The operations on rows through the public functions with backend cuda, on the fake runtime of tests/simt/runtime/.
#include <gtest/gtest.h>

#include <vector>

#include "gumbelcuda/gumbel.hpp"

namespace gumbelcuda {
namespace {

constexpr std::uint64_t rows = 3, classes = 7;

struct arrays {
  std::vector<float> noise = std::vector<float>(rows * classes), y = noise, d_logits = noise, d_temperature = {0, 0, 0};
  std::vector<std::int64_t> index = {-7, -7, -7};
  friend bool operator==(const arrays&, const arrays&) = default;
};

arrays everything_on(backend_kind backend) {
  const row_execution execution{.backend = backend};
  const float temperature = .7f;
  std::vector<float> logits;
  for (std::uint64_t i = 0; i < rows * classes; ++i) logits.push_back(float(i % 5));
  arrays a;
  gumbel_noise({.rows = rows, .classes = classes, .type = number_type::float32, .out = {a.noise.data()}}, execution);
  gumbel_max({.rows = rows,
              .classes = classes,
              .type = number_type::float32,
              .logits = {logits.data()},
              .index = a.index.data()},
             execution);
  gumbel_softmax({.rows = rows,
                  .classes = classes,
                  .type = number_type::float32,
                  .logits = {logits.data()},
                  .temperature = &temperature,
                  .y = {a.y.data()}},
                 execution);
  gumbel_softmax_vjp({.rows = rows,
                      .classes = classes,
                      .type = number_type::float32,
                      .logits = {logits.data()},
                      .temperature = &temperature,
                      .d_y = {logits.data()},
                      .d_logits = {a.d_logits.data()},
                      .d_temperature = a.d_temperature.data()},
                     execution);
  return a;
}

TEST(RowsOnCuda, EveryOperationReachesItsKernel) {
  const arrays cpu = everything_on(backend_kind::cpu);
  EXPECT_TRUE(everything_on(backend_kind::cuda) == cpu);
  EXPECT_GE(cpu.index[0], 0);
}

TEST(RowsOnCuda, NoiseAdvancesByWholeBlocks) {
  std::uint64_t offset = 8;
  advance_noise(&offset, 5, {.backend = backend_kind::cuda});
  EXPECT_EQ(offset, 16u);
  std::uint64_t offsets[] = {0, 400, 8};
  advance_row_offsets(offsets, 3, 5, {.backend = backend_kind::cuda});
  EXPECT_EQ(offsets[0], 8u);
  EXPECT_EQ(offsets[1], 408u);
  EXPECT_EQ(offsets[2], 16u);
}

}  // namespace
}  // namespace gumbelcuda
