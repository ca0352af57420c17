// SPDX-License-Identifier: Apache-2.0
// Gumbel-max of rows is the argmax of logits + noise that a plain loop finds, for every type, length and kind of
// logits: quads that are skipped without a logarithm never change the result. Rows without a sample say why; log_prob
// against long double.
#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "gumbelcuda/device/noise.hpp"
#include "gumbelcuda/gumbel.hpp"
#include "tests/rows/scores.hpp"
#include "tests/unit/random_numbers.hpp"

namespace gumbelcuda {
namespace {

using testing_rows::infinity, testing_rows::not_a_number, testing_rows::row_batch;

struct drawn_rows {
  std::vector<std::int64_t> index;
  std::vector<row_status> status;
  row_batch log_prob;
};
drawn_rows draw(row_batch logits, const noise_address& noise) {
  const std::uint64_t rows = logits.rows();
  drawn_rows drawn{std::vector<std::int64_t>(rows, -7), std::vector<row_status>(rows, row_status(9)),
                   row_batch(testing_rows::computed_type(logits.type()), 1, rows)};
  gumbel_max_task task{.rows = rows, .classes = logits.classes(), .type = logits.type(), .noise = noise};
  task.logits = logits.in();
  task.index = drawn.index.data();
  task.status = drawn.status.data();
  task.log_prob = drawn.log_prob.out().data;
  gumbel_max(task);
  return drawn;
}

// Kinds of logits: as spread as the noise; equal; far apart; past the range in which quads are skipped, and around its
// end; so large that noise is lost and classes tie; and rising, so that each class beats the best so far.
double some_logit(random_numbers& random, number_type type, std::uint64_t kind, std::uint64_t k) {
  const bool is_half = type == number_type::float16;
  const double huge = is_half ? 60000 : type == number_type::float64 ? 1e300 : 1e30, u = random.uniform(-1, 1);
  const double tied = is_half ? 40000 : type == number_type::float64 ? 1e17 : 3e8;
  const double logit[] = {4 * u,
                          -2.5,
                          30 * u,
                          5000 + 5 * u,
                          4096 + 8 * u,
                          -4096 + 8 * u,
                          u < 0 ? huge : -huge,
                          tied + double(random.word() % 3),
                          double(k) * .01 + u};
  return logit[kind];
}
constexpr std::uint64_t kinds = 9;

TEST(RowGumbelMax, IsTheArgmaxOfLogitsAndNoise) {
  random_numbers random(1);
  std::uint64_t tied_rows = 0;
  for (const number_type type : testing_rows::all_types)
    for (const std::uint64_t classes : {1, 2, 3, 4, 5, 8, 17, 100, 1000, 5000})
      for (std::uint64_t kind = 0; kind < kinds; ++kind) {
        const std::uint64_t rows = classes < 1000 ? 50 : 6;
        const noise_address noise{.seed = kind, .first_row = 0xfffffff0, .offset = 4 * classes};
        row_batch logits(type, rows, classes);
        for (std::uint64_t row = 0; row < rows; ++row)
          for (std::uint64_t k = 0; k < classes; ++k)
            logits.set(row, k, row % 3 == 2 && random.word() % 4 ? -infinity : some_logit(random, type, kind, k));
        for (std::uint64_t row = 2; row < rows; row += 3)  // some classes must stay unmasked
          logits.set(row, random.word() % classes, some_logit(random, type, kind, 0));
        const row_batch g = testing_rows::noise_of(type, rows, classes, noise);
        const drawn_rows drawn = draw(logits, noise);
        for (std::uint64_t row = 0; row < rows; ++row) {
          const std::vector<double> z = testing_rows::scores_of(logits, g, row);
          const std::size_t best = testing_rows::first_of_the_largest(testing_rows::exact_scores_of(logits, g, row));
          tied_rows += std::count(z.begin(), z.end(), z[best]) > 1;
          ASSERT_EQ(drawn.index[row], std::int64_t(best))
              << testing_rows::name_of(type) << ", kind " << kind << ", row " << row << " of " << classes;
          ASSERT_EQ(drawn.status[row], row_status::drawn);
        }
      }
  EXPECT_GT(tied_rows, 500u) << "too few to tell what decides ties";
}

// In `large`, all rounded scores are equal. In `opposite`, each logit is minus its class's noise, so exact scores are
// equal, too.
TEST(RowGumbelMax, OfEqualLogitsNoiseDecidesAndOfEqualScoresTheLowestClass) {
  for (const number_type type : {number_type::float32, number_type::bfloat16, number_type::float64}) {
    const std::vector<double> g = numbers_of(testing_rows::noise_of(type, 1, 40, {}), 0);
    for (std::uint64_t first = 0; first < 40; ++first) {
      row_batch large(type, 1, 40), opposite(testing_rows::computed_type(type), 1, 40);
      for (std::uint64_t k = 0; k < 40; ++k) {
        large.set(0, k, k < first ? -infinity : 1e30);
        opposite.set(0, k, k < first ? -infinity : -g[k]);
      }
      EXPECT_EQ(draw(large, {}).index[0], std::max_element(g.begin() + std::ptrdiff_t(first), g.end()) - g.begin());
      EXPECT_EQ(draw(opposite, {}).index[0], std::int64_t(first));
    }
  }
}

// In these blocks, which were found by search, a word is 0, so that its extension words decide.
TEST(RowGumbelMax, DrawsByTheDeepTail) {
  for (const std::uint64_t block : {569383107, 1717450306, 1865288284}) {
    const noise_address noise{.seed = 42, .first_row = 5, .offset = 4 * block};
    const std::vector<double> noises = numbers_of(testing_rows::noise_of(number_type::float32, 1, 4, noise), 0);
    const std::size_t deep = testing_rows::first_of_the_largest(noises);
    ASSERT_GT(noises[deep], 32 * std::log(2.));
    for (const bool in_reach : {true, false}) {
      row_batch logits(number_type::float32, 1, 4);
      for (std::size_t k = 0; k < 4; ++k)  // every other class has score 0
        logits.set(0, k, k == deep ? -noises[k] + (in_reach ? 1e-4 : -1e-4) : -noises[k]);
      EXPECT_EQ(draw(logits, noise).index[0] == std::int64_t(deep), in_reach) << block;
    }
  }
}

// --- Rows that cannot be drawn from --------------------------------------------------------------------------

TEST(RowGumbelMax, SaysWhyThereIsNoSample) {
  random_numbers random(2);
  for (const number_type type : testing_rows::all_types)
    for (const std::uint64_t classes : {1, 2, 5, 37})
      for (std::uint64_t at = 0; at < classes; ++at)
        for (const double odd : {not_a_number, infinity, -infinity}) {
          // The rows around the odd value: ordinary; masked; with a class that wins by far; all classes odd.
          row_batch logits(type, 4, classes);
          for (std::uint64_t k = 0; k < classes; ++k) {
            const double all[] = {random.uniform(-1, 1), -infinity, k == 0 ? 4000. : 0, odd};
            for (std::uint64_t row = 0; row < 4; ++row) logits.set(row, k, k == at ? odd : all[row]);
          }
          const drawn_rows drawn = draw(logits, {.seed = at});
          const bool masked = odd == -infinity;
          for (std::uint64_t row = 0; row < 4; ++row) {
            const bool none = masked && (classes == 1 || row == 1 || row == 3);
            const row_status expected = none     ? row_status::nothing_to_draw
                                        : masked ? row_status::drawn
                                                 : row_status::not_finite;
            ASSERT_EQ(drawn.status[row], expected) << row << ", " << odd << " at " << at << " of " << classes;
            ASSERT_EQ(drawn.index[row] == -1, expected != row_status::drawn);
            ASSERT_NE(drawn.index[row], std::int64_t(at));
            ASSERT_EQ(std::isnan(drawn.log_prob.get(0, row)), expected != row_status::drawn);
          }
        }
}

// --- log_prob ------------------------------------------------------------------------------------------------

TEST(RowGumbelMax, LogProbIsTheLogarithmOfSoftmax) {
  random_numbers random(3);
  for (const number_type type : testing_rows::all_types)
    for (const std::uint64_t classes : {1, 2, 5, 100, 5000, 70001})
      for (std::uint64_t kind = 0; kind < kinds; ++kind) {
        const std::uint64_t rows = classes < 5000 ? 20 : 2;
        row_batch logits(type, rows, classes);
        for (std::uint64_t row = 0; row < rows; ++row)
          for (std::uint64_t k = 0; k < classes; ++k)
            logits.set(row, k, k % 7 == 3 ? -infinity : some_logit(random, type, kind, k));
        const drawn_rows drawn = draw(logits, {.seed = 3});
        for (std::uint64_t row = 0; row < rows; ++row) {
          const testing_rows::exact_softmax right(numbers_of(logits, row), 1, testing_rows::precision(type));
          const auto k = std::size_t(drawn.index[row]);
          ASSERT_LE(std::abs(drawn.log_prob.get(0, row) - right.log_y[k]), right.log_y_error[k])
              << testing_rows::name_of(type) << ", kind " << kind << ", " << classes << " classes";
        }
      }
}

TEST(RowGumbelMax, WhatIsNotWantedIsNotNeeded) {
  std::vector<float> logits(64);
  std::iota(logits.begin(), logits.end(), 0.f);
  row_batch batch(number_type::float32, 4, 16);
  for (std::uint64_t i = 0; i < 64; ++i) batch.set(i / 16, i % 16, logits[i]);
  std::vector<std::int64_t> index(4);
  gumbel_max(
      {.rows = 4, .classes = 16, .type = number_type::float32, .logits = {logits.data()}, .index = index.data()});
  EXPECT_EQ(index, draw(batch, {}).index);
}

}  // namespace
}  // namespace gumbelcuda
