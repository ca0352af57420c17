// SPDX-License-Identifier: Apache-2.0
// The kernels of samples of k classes, under the interpreter, give the CPU backend's bytes: for every type, a warp and a
// block a row, odd lengths, unaligned and distant rows, masks, ties, and rows that cannot be drawn from.
#include <gtest/gtest.h>

#include <random>

#include "kernels/rows.hpp"
#include "tests/rows/top_k_samples.hpp"

namespace gumbelcuda {
namespace {

using testing_rows::every_kind_of_row, testing_rows::row_batch, testing_rows::top_k_samples;

struct shape {
  std::uint64_t classes, rows, k, stride = 0, skew = 0;
};
constexpr shape shapes[] = {{1, 9, 1},    {5, 40, 5},    {5, 20, 2, 7, 1}, {64, 20, 20, 68},  {300, 9, 7, 301, 3}, {512, 9, 40},
                            {513, 5, 40}, {1024, 8, 33}, {1025, 8, 33},    {2000, 8, 64, 2001, 2}, {20000, 3, 50},
                            {40000, 1, 9}, {300, 2, 300}, {1100, 1, 700},  {7, 0, 3}};

TEST(TopKKernels, GumbelTopKIsTheCpus) {
  for (const number_type type : testing_rows::all_types)
    for (const shape& s : shapes) {
      SCOPED_TRACE(std::string(testing_rows::name_of(type)) + ' ' + std::to_string(s.classes) + " classes, k = " +
                   std::to_string(s.k));
      top_k_samples expected(every_kind_of_row(row_batch(type, s.rows, s.classes, s.stride, s.skew), s.classes), s.k);
      expected.noise = {.seed = 0xfedcba9876543210, .first_row = 0xfffffffe, .offset = 0x3fffffff8};
      top_k_samples result = expected;
      expected.run();
      ASSERT_EQ(launch_gumbel_top_k(result.task(), nullptr), 0);
      EXPECT_TRUE(same_results(expected, result));
    }
}

}  // namespace
}  // namespace gumbelcuda
