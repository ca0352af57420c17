// SPDX-License-Identifier: Apache-2.0
// The kernels of sharded.hpp, under the interpreter, give the CPU's bytes: for every type; for shards of a warp and of
// a block; unaligned and strided rows; shards without classes, and rows without a sample.
#include <gtest/gtest.h>

#include "gumbelcuda/sharded.hpp"
#include "kernels/rows/launch.hpp"
#include "tests/rows/sharded_rows.hpp"

namespace gumbelcuda {
namespace {

using testing_rows::drawn_rows, testing_rows::row_batch, testing_rows::same_bytes;

struct shape {
  std::uint64_t classes, rows, stride = 0, skew = 0;
};
constexpr shape shapes[] = {{1, 9},     {5, 40},    {64, 18}, {300, 9},      {513, 9},    {1025, 9},
                            {20000, 3}, {40000, 2}, {5, 0},   {5, 20, 9, 1}, {64, 9, 71}, {2000, 5, 2007, 2}};

// Three shards: the row's first four classes, no classes, and the others.
TEST(ShardedKernels, GiveTheCpusBytes) {
  for (const number_type type : testing_rows::all_types)
    for (const shape& s : shapes) {
      SCOPED_TRACE(std::string(testing_rows::name_of(type)) + ' ' + std::to_string(s.classes) + " classes");
      const noise_address noise{.seed = 0xfedcba9876543210, .first_row = 0xfffffffe, .offset = 0x3fffffff8};
      row_batch logits(type, s.rows, s.classes, s.stride, s.skew);
      testing_rows::fill_every_kind(logits, s.classes);
      const std::uint64_t first = std::min<std::uint64_t>(4, s.classes), borders[] = {0, first, first, s.classes};
      std::vector<gumbel_max_partial> expected, result = testing_rows::poisoned(3 * s.rows);
      for (int shard = 0; shard < 3; ++shard) {
        // With a row of one class, the last shards are empty and start at the next multiple of 4.
        const std::uint64_t from = (borders[shard] + 3) / 4 * 4, to = std::max(from, borders[shard + 1]);
        const auto one = testing_rows::draw_shard(logits, noise, from, to);
        expected.insert(expected.end(), one.begin(), one.end());
        const auto task = testing_rows::shard_task(logits, noise, from, to, result.data() + shard * s.rows);
        ASSERT_EQ(launch_rows(task, nullptr), 0);
      }
      EXPECT_TRUE(same_bytes(expected, result));
      if (s.rows == 0) continue;
      const drawn_rows whole = testing_rows::combine(type, s.rows, expected);
      drawn_rows drawn(type, s.rows);
      const combine_gumbel_max_task task{.rows = s.rows,
                                         .shards = 3,
                                         .type = type,
                                         .partial = result.data(),
                                         .index = drawn.index.data(),
                                         .log_prob = drawn.log_prob.out().data,
                                         .status = drawn.status.data()};
      ASSERT_EQ(launch_rows(task, nullptr), 0);
      EXPECT_EQ(drawn.index, whole.index);
      EXPECT_EQ(drawn.status, whole.status);
      EXPECT_TRUE(same_bytes(drawn.log_prob, whole.log_prob));
      EXPECT_EQ(drawn.index, testing_rows::draw_whole(logits, noise).index);
    }
}

TEST(ShardedKernels, WhatIsNotWantedIsNotNeeded) {
  row_batch logits(number_type::float32, 300, 40);
  testing_rows::fill_every_kind(logits, 3);
  std::vector<gumbel_max_partial> partial(600);
  for (int shard = 0; shard < 2; ++shard) {
    auto task = testing_rows::shard_task(logits, {}, 20 * shard, 20 * shard + 20, partial.data() + 300 * shard);
    task.log_prob_wanted = false;
    ASSERT_EQ(launch_rows(task, nullptr), 0);
  }
  std::vector<std::int64_t> index(300);
  const combine_gumbel_max_task task{
      .rows = 300, .shards = 2, .type = number_type::float32, .partial = partial.data(), .index = index.data()};
  ASSERT_EQ(launch_rows(task, nullptr), 0);
  EXPECT_EQ(index, testing_rows::draw_whole(logits, {}).index);
}

}  // namespace
}  // namespace gumbelcuda
