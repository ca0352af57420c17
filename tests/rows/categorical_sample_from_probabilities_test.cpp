// SPDX-License-Identifier: Apache-2.0
// Draws from probabilities, and the refusal of rows of probabilities where logits are expected.
#include <gtest/gtest.h>

#include "gumbelcuda/categorical_sample.hpp"
#include "tests/rows/categorical_sample_rows.hpp"

namespace gumbelcuda {
namespace {

using namespace testing_rows;

row_batch softmax_of(row_batch logits, std::uint64_t classes, number_type type) {
  row_batch y(type, 1, classes);
  const exact_softmax exact(numbers_of(logits, 0), 1, precision(number_type::float64));
  for (std::uint64_t k = 0; k < classes; ++k) y.set(0, k, double(exact.y[k]));
  return y;
}

TEST(CategoricalSample, ProbabilitiesAreToldFromLogits) {
  const auto status_of = [](row_batch row, bool asked = true) {
    categorical_sample_task task = sample_task(row, {}, 2);
    task.reject_probabilities = asked;
    const categorical_draws drawn = draw(task);
    EXPECT_EQ(drawn.index[1] == -1, drawn.status[0] != row_status::drawn);
    EXPECT_EQ(std::isnan(drawn.log_prob.get(0, 1)), drawn.status[0] != row_status::drawn);
    return drawn.status[0];
  };
  for (const number_type type : all_types)
    for (const std::uint64_t classes : {2, 3, 10, 1000, 50000}) {
      row_batch p = softmax_of(random_logits(number_type::float64, 1, classes, classes), classes, type);
      EXPECT_EQ(status_of(p), row_status::looks_like_probabilities) << name_of(type) << ' ' << classes;
      EXPECT_EQ(status_of(p, false), row_status::drawn);
      p.set(0, 1, -.0625);
      EXPECT_EQ(status_of(p), row_status::drawn) << name_of(type) << ' ' << classes;
      p.set(0, 1, not_a_number);
      EXPECT_EQ(status_of(p), row_status::not_finite);
    }
  // On both sides of the limit 1 + 2·2·u + u, and of the spacing with which float16 and bfloat16 are stored.
  const auto pair = [](number_type type, double a, double b) {
    row_batch row(type, 1, 2);
    row.set(0, 0, a);
    row.set(0, 1, b);
    return row;
  };
  const auto probabilities = row_status::looks_like_probabilities, logits = row_status::drawn;
  EXPECT_EQ(status_of(pair(number_type::float32, .5, .5 + 4 * 0x1p-24)), probabilities);
  EXPECT_EQ(status_of(pair(number_type::float32, .5, .5 + 6 * 0x1p-24)), logits);
  EXPECT_EQ(status_of(pair(number_type::float64, .5, .5 - 5 * 0x1p-53)), probabilities);
  EXPECT_EQ(status_of(pair(number_type::float64, .5, .5 - 6 * 0x1p-53)), logits);
  EXPECT_EQ(status_of(pair(number_type::float16, .5, .5 - 0x1p-11)), probabilities);
  EXPECT_EQ(status_of(pair(number_type::float16, .5, .5 - 0x1p-10)), logits);
  EXPECT_EQ(status_of(pair(number_type::bfloat16, .5, .5 - 0x1p-8)), probabilities);
  EXPECT_EQ(status_of(pair(number_type::bfloat16, .5, .5 - 0x1p-7)), logits);
  EXPECT_EQ(status_of(pair(number_type::float32, 1.25, -.25)), logits);
  EXPECT_EQ(status_of(pair(number_type::float32, 0, 1)), probabilities);
  row_batch one(number_type::float32, 1, 1);
  one.set(0, 0, 1);
  EXPECT_EQ(status_of(one), logits);
}

TEST(CategoricalSampleFromProbabilities, DrawsWhatTheirLogarithmsDraw) {
  for (const number_type type : {number_type::float32, number_type::float64})
    for (const double scale : {1., 1e-37, 1e-41, 1e38})
      for (const std::uint64_t classes : {1, 5, 130, 3000}) {
        row_batch logits = random_logits(type, 6, classes, 4), p(type, 6, classes);
        for (std::uint64_t row = 0; row < 6; ++row)
          for (std::uint64_t k = 0; k < classes; ++k) p.set(row, k, scale * std::exp(logits.get(row, k) - 4));
        for (std::uint64_t row = 0; row < 6; ++row)
          for (std::uint64_t k = 0; k < classes; ++k) logits.set(row, k, std::log(p.get(row, k)));
        categorical_sample_from_probabilities_task task{.rows = 6,
                                                        .classes = classes,
                                                        .type = type,
                                                        .noise = {.seed = 3, .first_row = 2, .offset = 4},
                                                        .probabilities = p.in(),
                                                        .draws = 3};
        const categorical_draws drawn = draw(task), expected = draw(sample_task(logits, task.noise, 3));
        EXPECT_EQ(drawn.index, expected.index) << scale << ' ' << classes;
        EXPECT_EQ(drawn.status, expected.status);
        const double u = type == number_type::float64 ? 0x1p-53 : 0x1p-24;
        for (std::uint64_t row = 0; row < 6; ++row)
          for (std::uint64_t d = 0; d < 3; ++d)  // both logarithms are at most 100; a rounding is half a unit of that
            EXPECT_NEAR(drawn.log_prob.get(row, d), expected.log_prob.get(row, d), 8 * 100 * u);
      }
}

TEST(CategoricalSampleFromProbabilities, WhatIsNoProbability) {
  for (const number_type type : all_types)
    for (const std::uint64_t classes : {2, 5, 70}) {
      const double odd[] = {-.25, not_a_number, infinity, -infinity, 0, -0.};
      const std::uint64_t rows = std::size(odd);
      row_batch p(type, rows + 1, classes);
      for (std::uint64_t row = 0; row <= rows; ++row)
        for (std::uint64_t k = 0; k < classes; ++k) p.set(row, k, row == rows ? 0. : k == classes / 2 ? odd[row] : .5);
      const std::uint64_t seeds[] = {1, 2, 3, 4, 5, 6, 7};
      const categorical_draws drawn = draw(categorical_sample_from_probabilities_task{.rows = rows + 1,
                                                                                      .classes = classes,
                                                                                      .type = type,
                                                                                      .noise = {.row_seed = seeds},
                                                                                      .probabilities = p.in(),
                                                                                      .draws = 100});
      for (std::uint64_t row = 0; row <= rows; ++row) {
        const row_status expected = row < 4       ? row_status::not_finite
                                    : row == rows ? row_status::nothing_to_draw
                                                  : row_status::drawn;
        EXPECT_EQ(drawn.status[row], expected) << row;
        for (std::uint64_t d = 0; d < 100; ++d) {
          EXPECT_EQ(drawn.index[row * 100 + d] == -1, expected != row_status::drawn);
          EXPECT_NE(drawn.index[row * 100 + d], std::int64_t(classes / 2));  // a class of probability 0
        }
      }
    }
}

}  // namespace
}  // namespace gumbelcuda
