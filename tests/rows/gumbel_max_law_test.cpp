// SPDX-License-Identifier: Apache-2.0
// Gumbel-max of rows draws from softmax(logits): for few classes, for many, and where hundreds of thousands of classes
// compete, each of which wins one in a billion draws. Each check runs once, on a fixed seed, and must reject a wrong
// law.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "gumbelcuda/device/noise.hpp"
#include "gumbelcuda/gumbel.hpp"
#include "tests/unit/law_checks.hpp"
#include "tests/unit/random_numbers.hpp"

namespace gumbelcuda {
namespace {

// With a fraction of the draws, only a larger deviation can be detected.
#if defined(__SANITIZE_ADDRESS__)
constexpr std::uint64_t fraction = 16;
constexpr double dose = 4;
#else
constexpr std::uint64_t fraction = 1;
constexpr double dose = 1;
#endif

// Draws for rows first_row, first_row + 1, … that all have the same logits, and calls drawn(index) for each.
template <class Drawn>
void draw(const std::vector<float>& logits, std::uint64_t seed, std::uint64_t draws, Drawn drawn) {
  const std::uint64_t classes = logits.size(), batch = std::max<std::uint64_t>(4, 65536 / classes);
  std::vector<float> rows;
  for (std::uint64_t row = 0; row < batch; ++row) rows.insert(rows.end(), logits.begin(), logits.end());
  std::vector<std::int64_t> index(batch);
  gumbel_max_task task{.classes = classes,
                       .type = number_type::float32,
                       .noise = {.seed = seed},
                       .logits = {rows.data()},
                       .index = index.data()};
  for (; draws > 0; draws -= task.rows, task.noise.first_row += task.rows) {
    task.rows = std::min(draws, batch);
    gumbel_max(task);
    for (std::uint64_t row = 0; row < task.rows; ++row) drawn(std::size_t(index[row]));
  }
}

std::vector<double> softmax(const std::vector<float>& logits, double inverse_temperature) {
  std::vector<double> p;
  for (const float a : logits) p.push_back(std::exp(inverse_temperature * a));
  const double sum = std::accumulate(p.begin(), p.end(), 0.);
  for (double& value : p) value /= sum;
  return p;
}

// 10^6 draws, chi-square over all classes, level 1e-6.
void expect_softmax(const std::vector<float>& logits) {
  std::vector<std::uint64_t> counts(logits.size());
  draw(logits, 20161104, 1000000 / fraction, [&](std::size_t k) { ++counts[k]; });
  EXPECT_TRUE(statistics::chi_square_agrees(counts, softmax(logits, 1)));
  // Noise of another scale would have drawn this distribution.
  EXPECT_FALSE(statistics::chi_square_agrees(counts, softmax(logits, 1 + .02 * dose)));
}

TEST(RowGumbelMaxLaw, TwoClasses) { expect_softmax({.5f, -.5f}); }
TEST(RowGumbelMaxLaw, FiveClasses) { expect_softmax({-1.5f, 2, .25f, 0, 1}); }
TEST(RowGumbelMaxLaw, AThousandClasses) { expect_softmax(random_numbers(5).floats(1000, -2, 2)); }

// One class leads 262,143 others by 20.5, so that one of these wins once in 3050 draws. Whether it does depends on the
// leader's noise t: with E = e^−t, the probability is 1 − exp(−262143·e^−20.5·E). The test uses only rows with E ≥ 10,
// one in e^10, so that 4500 draws have 16 such wins instead of 1.5; all other words are as independent as before.
TEST(RowGumbelMaxLaw, HundredsOfThousandsOfClassesRaceForARareWin) {
  constexpr std::uint64_t classes = 262144, leader = 120001, seed = 7, draws = 4500 / fraction;
  constexpr float lead = 20.5;
  std::vector<float> logits(classes, 0.f);
  logits[leader] = lead;
  std::int64_t index = -1;
  gumbel_max_task task{
      .rows = 1, .classes = classes, .type = number_type::float32, .logits = {logits.data()}, .index = &index};
  task.noise.seed = seed;
  std::uint64_t hits = 0;
  long double expected = 0;
  for (std::uint64_t drawn = 0; drawn < draws; ++task.noise.first_row) {
    const stream_row row{seed, task.noise.first_row};
    const double e = exponential<double>(row(leader / quad_size).word[leader % quad_size]);
    if (e < 10) continue;
    gumbel_max(task);
    hits += index != leader;
    expected += -std::expm1(-(classes - 1.L) * std::exp(-static_cast<long double>(lead)) * e);
    ++drawn;
  }
  const auto agrees = [&](std::uint64_t wins) { return statistics::binomial_agrees(wins, draws, expected / draws); };
  EXPECT_TRUE(agrees(hits)) << hits << " wins, expected " << double(expected);
  // Counterexample: noise of 24 bits, −log(−log u) with u = (x + ½)·2^-24. Even the largest of it does not overcome the
  // lead when the leader has the smallest.
  const auto noise_of_24_bits = [](std::uint32_t x) { return -std::log(-std::log((x + .5) * 0x1p-24)); };
  ASSERT_LT(noise_of_24_bits(0xffffff) - noise_of_24_bits(0), lead);
  if (fraction == 1) {
    EXPECT_FALSE(agrees(0)) << double(expected);
  }
}

}  // namespace
}  // namespace gumbelcuda
