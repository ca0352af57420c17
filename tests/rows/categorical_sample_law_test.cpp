// SPDX-License-Identifier: Apache-2.0
// Draws follow softmax(logits/τ), its restriction by the filters, and probabilities; draws of a row are independent;
// classes far in the tail are drawn by means of the noise's tail. Each check runs once, on a fixed seed, at level 1e-6
// (tests/unit/statistics.hpp), and must reject a wrong distribution.
#include <gtest/gtest.h>

#include <algorithm>

#include "gumbelcuda/categorical_sample.hpp"
#include "gumbelcuda/device/noise.hpp"
#include "tests/rows/categorical_sample_rows.hpp"
#include "tests/unit/law_checks.hpp"
#include "tests/unit/random_numbers.hpp"

namespace gumbelcuda {
namespace {

using namespace testing_rows;

// With a fraction of the draws, only a larger deviation can be detected.
#if defined(__SANITIZE_ADDRESS__)
constexpr std::uint64_t draws = 62500;
constexpr double dose = 4;
#else
constexpr std::uint64_t draws = 1000000;
constexpr double dose = 1;
#endif

row_batch row_of(const std::vector<double>& values) {
  row_batch row(number_type::float32, 1, values.size());
  for (std::uint64_t k = 0; k < values.size(); ++k) row.set(0, k, values[k]);
  return row;
}
const std::vector<double> some_logits = {-1.5, 2, .25, 0, 1, 1.75, -.5, .5};

std::vector<double> softmax(const std::vector<double>& logits, double temperature) {
  std::vector<double> p;
  for (const double x : logits) p.push_back(std::exp(x / temperature));
  const double sum = std::accumulate(p.begin(), p.end(), 0.);
  for (double& value : p) value /= sum;
  return p;
}

// Chi-square test of `draws` draws over the classes whose logits are at least `lowest`; no other class may be drawn.
void expect_law(const categorical_draws& drawn, std::vector<double> logits, double temperature, double lowest) {
  std::vector<std::uint64_t> counts;
  std::vector<double> left;
  std::vector<std::size_t> place;
  for (const double x : logits) {
    place.push_back(left.size());
    if (x >= lowest) left.push_back(x);
  }
  counts.resize(left.size());
  for (const std::int64_t k : drawn.index) {
    ASSERT_GE(k, 0);
    ASSERT_GE(logits[std::size_t(k)], lowest);
    ++counts[place[std::size_t(k)]];
  }
  EXPECT_TRUE(statistics::chi_square_agrees(counts, softmax(left, temperature)));
  // The flatter the distribution, the less a change of temperature changes it.
  const double change = .02 * dose * std::max(1., temperature);
  EXPECT_FALSE(statistics::chi_square_agrees(counts, softmax(left, temperature * (1 + change))));
}

TEST(CategoricalSampleLaw, OfEachTemperature) {
  row_batch logits = row_of(some_logits);
  for (const float t : {.5f, 1.f, 3.f}) {
    categorical_sample_task task = sample_task(logits, {.seed = 20241}, draws);
    task.temperature = &t;
    expect_law(draw(task), some_logits, double(t), -infinity);
  }
}

TEST(CategoricalSampleLaw, OfWhatFiltersLeave) {
  row_batch logits = row_of(some_logits);
  const float t = .75f, top_p = .95f, min_p = .1f;
  const std::uint32_t top_k = 5;
  for (const bool with_k : {false, true})
    for (const bool with_p : {false, true})
      for (const bool with_min : {false, true}) {
        categorical_sample_task task = sample_task(logits, {.seed = 20242}, draws);
        task.temperature = &t;
        if (with_k) task.top_k = &top_k;
        if (with_p) task.top_p = &top_p;
        if (with_min) task.min_p = &min_p;
        const double lowest = lowest_kept(
            some_logits, {double(t), with_k ? top_k : 0, with_p ? double(top_p) : 1, with_min ? double(min_p) : 0});
        expect_law(draw(task), some_logits, double(t), lowest);
      }
}

TEST(CategoricalSampleLaw, OfProbabilities) {
  row_batch p = row_of({.5, 0, 2, 1.25, .25, 1});
  const categorical_draws drawn = draw(categorical_sample_from_probabilities_task{.rows = 1,
                                                                                  .classes = 6,
                                                                                  .type = number_type::float32,
                                                                                  .noise = {.seed = 20243},
                                                                                  .probabilities = p.in(),
                                                                                  .draws = draws});
  std::vector<double> logits;
  for (const double x : numbers_of(p, 0)) logits.push_back(std::log(x));
  expect_law(drawn, logits, 1, -100);
}

// Pairs of consecutive draws: of the same row, of rows with neighbouring seeds, and of rows with neighbouring offsets.
TEST(CategoricalSampleLaw, DrawsAreIndependent) {
  const std::vector<double> one = {0, .5, -1, 1};
  const std::vector<double> p = softmax(one, 1);
  std::vector<double> of_pairs;
  for (const double a : p)
    for (const double b : p) of_pairs.push_back(a * b);
  const std::uint64_t rows = draws / 2;
  row_batch logits(number_type::float32, rows, 4);
  std::vector<std::uint64_t> seed(rows), offset(rows);
  for (std::uint64_t row = 0; row < rows; ++row) {
    for (std::uint64_t k = 0; k < 4; ++k) logits.set(row, k, one[k]);
    seed[row] = row, offset[row] = 4 * row;
  }
  const auto counts_of = [&](const std::vector<std::int64_t>& index) {
    std::vector<std::uint64_t> counts(16);
    for (std::size_t i = 0; i + 1 < index.size(); i += 2) ++counts[std::size_t(4 * index[i] + index[i + 1])];
    return counts;
  };
  EXPECT_TRUE(statistics::chi_square_agrees(counts_of(draw(sample_task(logits, {.seed = 20244}, 2)).index), of_pairs));
  categorical_sample_task task = sample_task(logits, {.seed = 20245});
  task.noise.row_seed = seed.data();
  EXPECT_TRUE(statistics::chi_square_agrees(counts_of(draw(task).index), of_pairs));
  task.noise.row_seed = nullptr;
  task.noise.row_offset = offset.data();
  EXPECT_TRUE(statistics::chi_square_agrees(counts_of(draw(task).index), of_pairs));
  // Counterexample: both draws of a pair use the same noise.
  std::vector<std::int64_t> same = draw(sample_task(logits, {.seed = 20246})).index;
  for (std::size_t i = 0; i + 1 < same.size(); i += 2) same[i + 1] = same[i];
  EXPECT_FALSE(statistics::chi_square_agrees(counts_of(same), of_pairs));
}

// At these noise addresses a word is 0, so that its extension words decide (gumbel_max_test.cpp). The class of this
// word must win exactly as far as its noise reaches: with τ, with filters that keep the class, as a later draw, and
// from probabilities.
TEST(CategoricalSampleLaw, DrawsByTheDeepTail) {
  const std::uint64_t block = 569383107;
  const noise_address noise{.seed = 42, .first_row = 5, .offset = 4 * block};
  const std::vector<double> g = numbers_of(noise_of(number_type::float32, 1, 4, noise), 0);
  const std::size_t deep = first_of_the_largest(g);
  ASSERT_GT(g[deep], 32 * std::log(2.));
  for (const float t : {.5f, 1.f, 4.f})
    for (const bool in_reach : {true, false}) {
      row_batch logits(number_type::float32, 1, 4), p = logits;
      for (std::size_t k = 0; k < 4; ++k) {  // every other class has score 0
        const double score = k == deep ? (in_reach ? 1e-3 : -1e-3) : 0;
        logits.set(0, k, double(t) * (score - g[k]));
        p.set(0, k, std::exp(score - g[k]));
      }
      categorical_sample_task task = sample_task(logits, noise, 3);
      task.noise.offset -= 8;  // so that the third draw uses this block
      task.temperature = &t;
      const std::uint32_t top_k = 4;
      const float min_p = 1e-30f, top_p = 1 - 0x1p-24f;
      for (const bool filtered : {false, true}) {
        if (filtered) task.top_k = &top_k, task.min_p = &min_p;
        EXPECT_EQ(draw(task).index[2] == std::int64_t(deep), in_reach) << t;
      }
      task.top_p = &top_p;  // removes the class, whose probability is e^-22
      EXPECT_NE(draw(task).index[2], std::int64_t(deep)) << t;
      EXPECT_EQ(
          draw(categorical_sample_from_probabilities_task{
                   .rows = 1, .classes = 4, .type = number_type::float32, .noise = noise, .probabilities = p.in()})
                  .index[0] == std::int64_t(deep),
          in_reach);
    }
}

}  // namespace
}  // namespace gumbelcuda
