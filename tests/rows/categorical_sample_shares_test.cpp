// SPDX-License-Identifier: Apache-2.0
// top_p and min_p mean the decimals that people write. Classes whose probabilities add up to exactly such a decimal
// reach it, however their logits (the logarithms) were rounded, and whatever constant is added to the logits.
#include <gtest/gtest.h>

#include <cmath>

#include "gumbelcuda/math/decimal.hpp"
#include "tests/rows/categorical_sample_rows.hpp"

namespace gumbelcuda {
namespace {

using namespace testing_rows;

TEST(ShortestDecimal, IsWhatWasWritten) {
  for (int n = 0; n <= 1'000'000; ++n) ASSERT_EQ(shortest_decimal(float(n / 1e6)), n / 1e6) << n;
  for (const double written : {1e-9, 1.25e-9, 1e-12, 1e-20, 3e-22})
    EXPECT_EQ(shortest_decimal(float(written)), written);
  EXPECT_EQ(shortest_decimal(1e-30f), double(1e-30f));
  EXPECT_EQ(shortest_decimal(0x1p-149f), double(0x1p-149f));
}

TEST(ShortestDecimal, IsThatOfTheFewestDigits) {
  random_numbers random(1);
  for (int n = 0; n < 1'000'000; ++n) {
    const float x = float(std::exp(random.uniform(std::log(1e-12), 0)));
    ASSERT_EQ(shortest_decimal(x), meant(double(x), number_type::float64)) << x;
  }
}

std::uint64_t kept(row_batch& logits, const filters& f) {
  const double threshold = threshold_of(logits, f);
  std::uint64_t count = 0;
  for (const double x : numbers_of(logits, 0)) count += x > -infinity && x >= threshold;
  return count;
}

row_batch row_of_logarithms(number_type type, const std::vector<int>& hundredths, double factor = .01) {
  row_batch logits(type, 1, hundredths.size());
  for (std::size_t k = 0; k < hundredths.size(); ++k) logits.set(0, k, std::log(hundredths[k] * factor));
  return logits;
}

TEST(CategoricalShares, ThatAreWrittenAsDecimalsAreMet) {
  for (const number_type type : {number_type::float32, number_type::float64}) {
    row_batch logits = row_of_logarithms(type, {50, 30, 10, 10});
    EXPECT_EQ(kept(logits, {.top_p = .8}), 2u) << name_of(type);
    EXPECT_EQ(kept(logits, {.top_p = .81}), 4u) << name_of(type);
    EXPECT_EQ(kept(logits, {.min_p = .2}), 4u) << name_of(type);
    EXPECT_EQ(kept(logits, {.min_p = .21}), 2u) << name_of(type);
  }
}

// Random hundredths of any size that add up to 1, the largest first.
std::vector<int> random_hundredths(random_numbers& random) {
  std::vector<int> parts;
  for (int left = 100; left > 0; left -= parts.back()) parts.push_back(1 + int(random.word() % unsigned(left)));
  std::sort(parts.begin(), parts.end(), std::greater<>());
  return parts;
}

TEST(CategoricalShares, OfAnyHundredthsAreMetAndNoMore) {
  random_numbers random(7);
  for (const number_type type : {number_type::float32, number_type::float64}) {
    // A share that is larger by this much must be told apart.
    const double beyond = type == number_type::float64 ? 1e-6 : 1e-4;
    for (int n = 0; n < 2000; ++n) {
      const std::vector<int> p = random_hundredths(random);
      row_batch logits = row_of_logarithms(type, p);
      const auto up_to_ties = [&](std::size_t last) {
        return std::uint64_t(std::upper_bound(p.begin(), p.end(), p[last], std::greater<>()) - p.begin());
      };
      int sum = 0;
      for (std::size_t last = 0; last + 1 < p.size(); ++last) {
        sum += p[last];
        ASSERT_EQ(kept(logits, {.top_p = sum / 100.}), up_to_ties(last)) << name_of(type) << ", " << n << ", " << sum;
        if (up_to_ties(last) > last + 1) continue;
        ASSERT_EQ(kept(logits, {.top_p = sum / 100. + beyond}), up_to_ties(last + 1)) << name_of(type) << ", " << n;
      }
    }
  }
}

// For any probability of the top class.
TEST(CategoricalShares, OfTheTopAreMetAndNoMore) {
  for (const number_type type : {number_type::float32, number_type::float64}) {
    const double beyond = type == number_type::float64 ? 1e-6 : 1e-4;
    std::vector<int> shares;
    for (int share = 100; share > 0; --share) shares.push_back(share);
    for (const double top : {1., .9, .5, .1, .03, .001}) {
      row_batch logits = row_of_logarithms(type, shares, .01 * top);
      for (int share = 1; share <= 100; ++share) {
        ASSERT_EQ(kept(logits, {.min_p = share / 100.}), std::uint64_t(101 - share)) << name_of(type) << ", " << top;
        if (share == 100) continue;
        ASSERT_EQ(kept(logits, {.min_p = share / 100. + beyond}), std::uint64_t(100 - share)) << name_of(type);
      }
    }
  }
}

// At 2^23 and 2^52, neighbouring numbers are 1 apart.
TEST(CategoricalShares, DoNotDependOnAConstantInTheLogits) {
  for (const number_type type : {number_type::float32, number_type::float64}) {
    const double constant = type == number_type::float64 ? 0x1p52 : 0x1p23;
    row_batch logits(type, 1, 9), moved = logits, other = logits;
    for (std::uint64_t k = 0; k < 9; ++k) {
      logits.set(0, k, -double(k));
      moved.set(0, k, constant + 20 - double(k));
      other.set(0, k, -constant - 20 - double(k));
    }
    for (double gap = .05; gap < 8; gap += .1)
      for (const filters& f : {filters{.min_p = std::exp(-gap)}, filters{.top_p = 1 - std::exp(-gap)},
                               filters{.temperature = .5, .min_p = std::exp(-gap)}}) {
        EXPECT_EQ(kept(moved, f), kept(logits, f)) << name_of(type) << ", " << gap;
        EXPECT_EQ(kept(other, f), kept(logits, f)) << name_of(type) << ", " << gap;
      }
  }
}

}  // namespace
}  // namespace gumbelcuda
