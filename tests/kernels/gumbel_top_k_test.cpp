// SPDX-License-Identifier: Apache-2.0
// The kernels of samples of k classes, under the interpreter, give the CPU backend's bytes: for every type; for rows of
// a warp and of a block; odd lengths; unaligned and strided rows; masks, ties, and rows that cannot be drawn from.
#include <gtest/gtest.h>

#include <random>

#include "gumbelcuda/relaxed_k_hot.hpp"
#include "kernels/rows/launch.hpp"
#include "tests/rows/k_hot_samples.hpp"

namespace gumbelcuda {
namespace {

using testing_rows::every_kind_of_row, testing_rows::k_hot_samples, testing_rows::row_batch;
using testing_rows::top_k_samples;

struct shape {
  std::uint64_t classes, rows, k, stride = 0, skew = 0;
};
constexpr shape shapes[] = {{1, 9, 1},      {5, 40, 5},    {5, 20, 2, 7, 1}, {64, 20, 20, 68}, {300, 9, 7, 301, 3},
                            {512, 9, 40},   {513, 5, 40},  {1024, 8, 33},    {1025, 8, 33},    {2000, 8, 64, 2001, 2},
                            {20000, 3, 50}, {40000, 1, 9}, {300, 2, 300},    {1100, 1, 700},   {7, 0, 3}};

TEST(TopKKernels, GumbelTopKIsTheCpus) {
  for (const number_type type : testing_rows::all_types)
    for (const shape& s : shapes) {
      SCOPED_TRACE(std::string(testing_rows::name_of(type)) + ' ' + std::to_string(s.classes) +
                   " classes, k = " + std::to_string(s.k));
      top_k_samples expected(every_kind_of_row(row_batch(type, s.rows, s.classes, s.stride, s.skew), s.classes), s.k);
      expected.noise = {.seed = 0xfedcba9876543210, .first_row = 0xfffffffe, .offset = 0x3fffffff8};
      top_k_samples result = expected;
      expected.run();
      ASSERT_EQ(launch_rows(result.task(), nullptr), 0);
      EXPECT_TRUE(same_results(expected, result));
    }
}

TEST(TopKKernels, RelaxedKHotAndItsGradientsAreTheCpus) {
  for (const number_type type : testing_rows::all_types)
    for (const shape& s : shapes) {
      if (s.k > 300) continue;
      SCOPED_TRACE(std::string(testing_rows::name_of(type)) + ' ' + std::to_string(s.classes) +
                   " classes, k = " + std::to_string(s.k));
      const row_batch empty(type, s.rows, s.classes, s.stride, s.skew);
      k_hot_samples samples{every_kind_of_row(empty, s.classes), s.k, {}};
      std::mt19937_64 random(s.classes);
      row_batch d_y = empty;
      for (std::uint64_t row = 0; row < s.rows; ++row) {
        const float kinds[] = {.5f, 1, 30, 0, 1e-41f, 1e38f, .1f};
        samples.temperature.push_back(kinds[row % 7]);
        for (std::uint64_t c = 0; c < s.classes; ++c) {
          d_y.set(row, c, double(std::int64_t(random())) * 0x1p-63);
          if (kinds[row % 7] == 1e38f) samples.logits.set(row, c, 3e38 * (double(c % 3) - 1));
        }
      }
      samples.temperature.resize(s.rows + 2, 1);  // more than one, so there is one for each row
      row_batch y = empty, expected_hot = empty, result = empty, hot = empty;
      relaxed_k_hot_task task = samples.task();
      task.y = y.out();
      task.k_hot = expected_hot.out();
      relaxed_k_hot(task);
      task.y = result.out();
      task.k_hot = hot.out();
      ASSERT_EQ(launch_rows(task, nullptr), 0);
      EXPECT_TRUE(same_bytes(y, result));
      EXPECT_TRUE(same_bytes(expected_hot, hot));
      for (row_batch* of : {&y, static_cast<row_batch*>(nullptr)}) {
        row_batch expected_dt(testing_rows::computed_type(type), 1, s.rows), dt = expected_dt;
        relaxed_k_hot_vjp_task back = samples.vjp(of, d_y);
        row_batch expected = empty;
        back.d_logits = expected.out();
        back.d_temperature = expected_dt.out().data;
        relaxed_k_hot_vjp(back);
        back.d_logits = result.out();
        back.d_temperature = dt.out().data;
        ASSERT_EQ(launch_rows(back, nullptr), 0);
        EXPECT_TRUE(same_bytes(expected, result));
        EXPECT_TRUE(same_bytes(expected_dt, dt));
      }
    }
}

}  // namespace
}  // namespace gumbelcuda
