// SPDX-License-Identifier: Apache-2.0
// Rows whose classes are split into shards: for every split, index and status are gumbel_max's, and log_prob is within
// the bound that sharded.hpp derives; every instruction set gives the same partial results; shards may have no classes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <memory>

#include "gumbelcuda/sharded.hpp"
#include "host/cpu/rows/row_operations.hpp"
#include "host/cpu/supported_targets.hpp"
#include "tests/rows/sharded_rows.hpp"

namespace gumbelcuda {
namespace {

using testing_rows::drawn_rows, testing_rows::row_batch, testing_rows::all_types, testing_rows::name_of;

using borders = std::vector<std::uint64_t>;  // of shards: the first is 0, the last the number of classes

double log_prob_bound(const row_batch& logits, const borders& at, double log_prob) {
  std::uint64_t largest = 0;
  for (std::size_t s = 1; s < at.size(); ++s) largest = std::max(largest, at[s] - at[s - 1]);
  const double u = double(testing_rows::precision(testing_rows::computed_type(logits.type())).u);
  const std::uint64_t classes = logits.classes();
  return u * (8 * std::log(double(classes)) + 2 * std::abs(log_prob) + testing_rows::additions(classes) +
              testing_rows::additions(largest) + double(at.size() - 1) + 12);
}

void expect_as_whole(const row_batch& logits, const drawn_rows& whole, const borders& at, const drawn_rows& combined) {
  const auto where = [&](std::uint64_t row) {
    std::string text = std::string(name_of(logits.type())) + ", row " + std::to_string(row) + ", borders";
    for (const std::uint64_t border : at) text += ' ' + std::to_string(border);
    return text;
  };
  for (std::uint64_t row = 0; row < logits.rows(); ++row) {
    ASSERT_EQ(combined.index[row], whole.index[row]) << where(row);
    ASSERT_EQ(combined.status[row], whole.status[row]) << where(row);
    const double one = whole.log_prob.get(0, row), other = combined.log_prob.get(0, row);
    ASSERT_EQ(std::isnan(one), std::isnan(other)) << where(row);
    if (!std::isnan(one)) {
      ASSERT_LE(std::abs(one - other), log_prob_bound(logits, at, one)) << where(row);
    }
  }
  if (at.size() == 2) {
    ASSERT_TRUE(combined.log_prob == whole.log_prob) << where(0);
  }
}

// Calls body(borders) for every split of `classes` into this many shards, some of which may be empty.
void for_each_split(std::uint64_t classes, std::size_t shards, borders start,
                    const std::function<void(const borders&)>& body) {
  if (start.size() == shards) {
    start.push_back(classes);
    return body(start);
  }
  for (std::uint64_t next = start.back();; next = std::min(next + 4, classes)) {
    if (next % 4 == 0) {
      start.push_back(next);
      for_each_split(classes, shards, start, body);
      start.pop_back();
    }
    if (next == classes) return;
  }
}

class EverySplit : public testing::TestWithParam<number_type> {};
INSTANTIATE_TEST_SUITE_P(Sharded, EverySplit, testing::ValuesIn(all_types),
                         [](const auto& type) { return name_of(type.param); });

TEST_P(EverySplit, OfUpToSeventyClassesIntoUpToFiveShardsIsTheWholeRow) {
  constexpr std::uint64_t rows = 9;
  std::uint64_t tied = 0;
  for (std::uint64_t classes = 1; classes <= 70 && !HasFailure(); ++classes) {
    const noise_address noise{.seed = classes, .first_row = 0xfffffffc, .offset = 4 * classes};
    row_batch logits(GetParam(), rows, classes, classes + classes % 3, classes % 5);
    testing_rows::fill_every_kind(logits, classes);
    const drawn_rows whole = testing_rows::draw_whole(logits, noise);
    const row_batch g = testing_rows::noise_of(GetParam(), rows, classes, noise);
    const std::vector<double> scores = testing_rows::scores_of(logits, g, 1);
    tied += std::count(scores.begin(), scores.end(), *std::max_element(scores.begin(), scores.end())) > 1;
    // The same shard occurs in many splits; each is drawn only once.
    std::vector<std::vector<gumbel_max_partial>> drawn((classes + 4) * (classes + 4));
    const auto shard = [&](std::uint64_t first, std::uint64_t last) -> const std::vector<gumbel_max_partial>& {
      auto& partial = drawn[first * (classes + 4) + last];
      if (partial.empty()) partial = testing_rows::draw_shard(logits, noise, first, last);
      return partial;
    };
    for (std::size_t shards = 1; shards <= 5; ++shards)
      for_each_split(classes, shards, {0}, [&](const borders& at) {
        if (HasFailure()) return;
        std::vector<gumbel_max_partial> partial;
        for (std::size_t s = 0; s < shards; ++s) {
          const auto& one = shard(at[s], at[s + 1]);
          partial.insert(partial.end(), one.begin(), one.end());
        }
        expect_as_whole(logits, whole, at, testing_rows::combine(GetParam(), rows, partial));
      });
  }
  if (GetParam() != number_type::float16) {
    EXPECT_GT(tied, 60u) << "too few to tell how ties are decided";
  }
}

// Up to 40 shards, and more classes than a sum has slots at most.
TEST_P(EverySplit, OfManyClassesAtRandomIsTheWholeRow) {
  random_numbers random(9);
  for (const std::uint64_t classes : {1000, 4099, 32769, 70001}) {
    const noise_address noise{.seed = classes, .offset = 12};
    row_batch logits(GetParam(), 9, classes);
    testing_rows::fill_every_kind(logits, classes);
    const drawn_rows whole = testing_rows::draw_whole(logits, noise);
    for (const std::size_t shards : {2, 3, 8, 40}) {
      borders at{0};
      for (std::size_t s = 1; s < shards; ++s) at.push_back(random.word() % (classes / 4) * 4);
      std::sort(at.begin(), at.end());
      at.push_back(classes);
      std::vector<gumbel_max_partial> partial;
      for (std::size_t s = 0; s < shards; ++s)
        for (const gumbel_max_partial& one : testing_rows::draw_shard(logits, noise, at[s], at[s + 1]))
          partial.push_back(one);
      expect_as_whole(logits, whole, at, testing_rows::combine(GetParam(), 9, partial));
    }
  }
}

// A word that is 0, so that its extension words decide, in a shard that is not the row's first (gumbel_max_test.cpp).
TEST(Sharded, TheDeepTailIsWhereItIsInTheWholeRow) {
  for (const std::uint64_t block : {569383107, 1717450306, 1865288284}) {
    const noise_address noise{.seed = 42, .first_row = 5, .offset = 4 * (block - 3)};
    row_batch logits(number_type::float32, 1, 20);
    for (std::uint64_t k = 0; k < 20; ++k) logits.set(0, k, 0);
    const drawn_rows whole = testing_rows::draw_whole(logits, noise);
    ASSERT_EQ(whole.index[0] / 4, 3);
    const std::vector<gumbel_max_partial> partial = testing_rows::draw_shard(logits, noise, 12, 20);
    EXPECT_EQ(partial[0].index, whole.index[0]);
    EXPECT_GT(partial[0].score, 32 * std::log(2.));
  }
}

TEST(Sharded, AnOffsetInMemoryCounts) {
  const std::uint64_t moved = 400;
  row_batch logits(number_type::float32, 50, 24);
  testing_rows::fill_every_kind(logits, 1);
  const auto at = [&](const noise_address& noise) { return testing_rows::draw_shard(logits, noise, 8, 24); };
  const auto in_memory = at({.offset = 8, .device_offset = &moved}), plain = at({.offset = 408}), other = at({});
  EXPECT_TRUE(testing_rows::same_bytes(in_memory, plain));
  EXPECT_FALSE(testing_rows::same_bytes(in_memory, other));
}

TEST(Sharded, WhatSaysNothingIsNeutral) {
  const gumbel_max_partial neutral;
  row_batch logits(number_type::float32, 9, 12);
  testing_rows::fill_every_kind(logits, 1);
  for (const gumbel_max_partial& partial : testing_rows::draw_shard(logits, {}, 4, 4))
    EXPECT_EQ(std::memcmp(&partial, &neutral, sizeof neutral), 0);
  const auto partial = testing_rows::draw_shard(logits, {}, 0, 8);  // in rows 3 and 6, all of its classes are masked
  for (const int masked : {3, 6}) EXPECT_EQ(std::memcmp(&partial[masked], &neutral, sizeof neutral), 0);
}

TEST(Sharded, LogProbIsNaNWhereItWasNotWanted) {
  row_batch logits(number_type::float32, 9, 40);
  testing_rows::fill_every_kind(logits, 1);
  const drawn_rows whole = testing_rows::draw_whole(logits, {});
  std::vector<gumbel_max_partial> partial(18);
  for (const std::uint64_t first : {0, 20}) {
    auto task = testing_rows::shard_task(logits, {}, first, first + 20, partial.data() + (first > 0 ? 9 : 0));
    task.log_prob_wanted = first > 0;
    gumbel_max_shard(task);
  }
  const drawn_rows combined = testing_rows::combine(number_type::float32, 9, partial);
  EXPECT_EQ(combined.index, whole.index);
  EXPECT_EQ(combined.status, whole.status);
  for (std::uint64_t row = 0; row < 3; ++row) EXPECT_TRUE(std::isnan(combined.log_prob.get(0, row)));
  std::vector<std::int64_t> index(9);
  combine_gumbel_max(
      {.rows = 9, .shards = 2, .type = number_type::float32, .partial = partial.data(), .index = index.data()});
  EXPECT_EQ(index, whole.index);
}

// Each shard by itself, because shards may run on different processors.
TEST(Sharded, EveryInstructionSetGivesTheSameBytes) {
  for (const number_type type : all_types)
    for (const std::uint64_t classes : {1, 5, 31, 64, 100, 1000, 33000}) {
      row_batch logits(type, 18, classes + 4, classes + 5, 3);
      testing_rows::fill_every_kind(logits, classes);
      const auto by = [&](const cpu_row_operations& operations) {
        std::vector<gumbel_max_partial> partial(18);
        const std::size_t bytes = (operations.scratch_bytes(classes) + 63) / 64 * 64;
        const std::unique_ptr<void, decltype(&std::free)> scratch(std::aligned_alloc(64, bytes), std::free);
        operations.run(testing_rows::shard_task(logits, {}, 4, classes + 4, partial.data()), 0, 18, scratch.get());
        drawn_rows drawn(type, 9);
        operations.run(combine_gumbel_max_task{.rows = 9,
                                               .shards = 2,
                                               .type = type,
                                               .partial = partial.data(),
                                               .index = drawn.index.data(),
                                               .log_prob = drawn.log_prob.out().data,
                                               .status = drawn.status.data()},
                       0, 9, nullptr);
        return std::pair(partial, drawn);
      };
      const auto [partial, drawn] = by(cpu_rows_scalar);
      for (const cpu_target* target : supported_targets()) {
        const auto [other, other_drawn] = by(*target->rows);
        EXPECT_TRUE(testing_rows::same_bytes(partial, other)) << target->name << ' ' << classes;
        EXPECT_TRUE(drawn.log_prob == other_drawn.log_prob && drawn.index == other_drawn.index) << target->name;
      }
    }
}

}  // namespace
}  // namespace gumbelcuda
