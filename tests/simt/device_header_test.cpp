// SPDX-License-Identifier: Apache-2.0
// The kernel of docs/device-header.md draws the same as gumbel_max from the same logits, although it stores no logits.
#include <gtest/gtest.h>

#include <vector>

#include "gumbelcuda/gumbel.hpp"
#include "kernels/simt.cuh"
#include "tests/unit/random_numbers.hpp"

// The functions that it calls are declared by now, under CUDA's names.
#include "docs/device_header/lm_head.cuh"

namespace gumbelcuda {
namespace {

struct model {
  std::size_t rows, classes, size;
  std::vector<float> hidden, weights, bias;

  model(std::size_t r, std::size_t c, std::size_t s)
      : rows(r), classes(c), size(s), hidden(r * s), weights(c * s), bias(c) {
    random_numbers random(1);
    for (std::vector<float>* values : {&hidden, &weights, &bias})
      for (float& value : *values) value = float(random.uniform(-1, 1));
  }

  std::vector<std::int64_t> by_kernel(const noise_address& noise) const {
    std::vector<unsigned long long> best(rows);
    const lm_head head{hidden.data(),          weights.data(), bias.data(), int(size),
                       std::uint32_t(classes), noise,          best.data()};
    // With one block, and with several.
    const unsigned threads = 64, blocks = unsigned((classes + 4 * threads - 1) / (4 * threads));
    EXPECT_EQ(launch(draw_tokens, {dim3(blocks, unsigned(rows)), threads}, nullptr, head), launch_success);
    std::vector<std::int64_t> tokens;
    for (const unsigned long long row : best) tokens.push_back(token_of(row));
    return tokens;
  }
  std::vector<std::int64_t> by_library(const noise_address& noise) const {
    std::vector<float> logits;
    for (std::size_t row = 0; row < rows; ++row)
      for (std::size_t k = 0; k < classes; ++k) {
        float sum = bias[k];
        for (std::size_t i = 0; i < size; ++i) sum = std::fma(hidden[row * size + i], weights[k * size + i], sum);
        logits.push_back(sum);
      }
    std::vector<std::int64_t> index(rows);
    gumbel_max({.rows = rows,
                .classes = classes,
                .type = number_type::float32,
                .noise = noise,
                .logits = {logits.data()},
                .index = index.data()});
    return index;
  }
};

TEST(DeviceHeader, DrawsWhatTheLibraryDraws) {
  for (const std::size_t classes : {1, 3, 4, 31, 256, 257, 1000}) {
    const model m(5, classes, 7);
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      const noise_address noise{.seed = seed, .first_row = 3, .offset = 8};
      EXPECT_EQ(m.by_kernel(noise), m.by_library(noise)) << classes << " classes, seed " << seed;
    }
  }
}

TEST(DeviceHeader, DoesSoInWhateverOrderThreadsRun) {
  const model m(2, 700, 3);
  const std::vector<std::int64_t> expected = m.by_library({});
  simt::under_schedules(20, [&](std::uint64_t) { EXPECT_EQ(m.by_kernel({}), expected); });
}

TEST(DeviceHeader, KnowsRowsThatCannotBeDrawnFrom) {
  model m(4, 300, 2);
  for (std::size_t k = 0; k < m.classes; ++k)
    if (k % 7 != 3) m.bias[k] = -INFINITY;  // masked
  m.hidden[2] = NAN;                        // affects row 1
  const noise_address noise{.seed = 4};
  const std::vector<std::int64_t> drawn = m.by_kernel(noise);
  EXPECT_EQ(drawn, m.by_library(noise));
  EXPECT_EQ(drawn[1], -1);
  EXPECT_EQ(drawn[0] % 7, 3);
  for (float& bias : m.bias) bias = -INFINITY;
  EXPECT_EQ(m.by_kernel(noise), std::vector<std::int64_t>(4, -1));
}

}  // namespace
}  // namespace gumbelcuda
