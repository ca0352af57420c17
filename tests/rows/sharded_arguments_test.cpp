// SPDX-License-Identifier: Apache-2.0
// Rows whose classes are split into shards: an invalid argument is named before any work is done.
#include <gtest/gtest.h>

#include <string>

#include "gumbelcuda/sharded.hpp"

namespace gumbelcuda {
namespace {

template <class Call>
std::string named(Call call) {
  try {
    call();
  } catch (const invalid_argument& e) {
    return e.argument();
  }
  return "";
}

TEST(Sharded, ArgumentsAreNamed) {
  const float numbers[8] = {};
  gumbel_max_partial partial[4];
  std::int64_t index[2];
  gumbel_max_shard_task task{.rows = 2, .classes = 4, .type = number_type::float32};
  const auto shard = [&] { return named([&] { gumbel_max_shard(task); }); };
  EXPECT_EQ(shard(), "logits.data");
  task.logits = {numbers};
  EXPECT_EQ(shard(), "partial");
  task.partial = reinterpret_cast<gumbel_max_partial*>(reinterpret_cast<char*>(partial) + 4);
  EXPECT_EQ(shard(), "partial");
  task.partial = partial;
  EXPECT_EQ(shard(), "");
  task.first_class = 2;
  EXPECT_EQ(shard(), "first_class");
  task.first_class = std::uint64_t{1} << 59;
  EXPECT_EQ(shard(), "first_class");
  task.first_class -= 4;
  EXPECT_EQ(shard(), "");
  task.noise.offset = 2;
  EXPECT_EQ(shard(), "noise.offset");
  task.noise.offset = 0;
  task.logits.row_stride = 3;
  EXPECT_EQ(shard(), "logits.row_stride");
  task.classes = ~std::uint64_t{0};
  EXPECT_EQ(shard(), "classes");
  EXPECT_EQ(named([&] { gumbel_max_shard({.rows = 2, .type = number_type::float32}); }), "partial")
      << "classes of 0 are no mistake";

  combine_gumbel_max_task whole{.rows = 2, .type = number_type::float32};
  const auto combine = [&] { return named([&] { combine_gumbel_max(whole); }); };
  EXPECT_EQ(combine(), "shards");
  whole.shards = 2;
  EXPECT_EQ(combine(), "partial");
  whole.partial = partial;
  EXPECT_EQ(combine(), "index");
  whole.index = index;
  EXPECT_EQ(combine(), "");
  whole.log_prob = reinterpret_cast<char*>(index) + 1;
  EXPECT_EQ(combine(), "log_prob");
  whole.rows = std::uint64_t{1} << 56;
  EXPECT_EQ(combine(), "rows");
  whole.type = number_type(9);
  EXPECT_EQ(combine(), "type");
  combine_gumbel_max({.rows = 0, .shards = 1, .type = number_type::float32});
  gumbel_max_shard({.rows = 0, .classes = 4, .type = number_type::float32});
}

}  // namespace
}  // namespace gumbelcuda
