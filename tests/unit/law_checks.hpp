// SPDX-License-Identifier: Apache-2.0
// Whether samples follow a distribution: verdicts at the level statistics::alpha, for the statistical tests.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "tests/unit/statistics.hpp"

namespace statistics {

inline testing::AssertionResult verdict(bool agrees) {
  return agrees ? testing::AssertionSuccess() : testing::AssertionFailure();
}

inline std::vector<float> sorted(std::vector<float> values) {
  std::sort(values.begin(), values.end());
  return values;
}

// The values must be in ascending order.
template <class Cdf>
testing::AssertionResult kolmogorov_agrees(const std::vector<float>& values, Cdf cdf) {
  const double n = double(values.size());
  double distance = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double p = cdf(double(values[i]));
    distance = std::max({distance, double(i + 1) / n - p, p - double(i) / n});
  }
  const double critical = kolmogorov_critical(n);
  return verdict(distance < critical) << "distance " << distance << ", critical " << critical;
}

// Two-sided, alpha/2 for each tail: a fit that is too good is as wrong as a bad one.
inline testing::AssertionResult chi_square_agrees(const std::vector<std::uint64_t>& counts,
                                                  const std::vector<double>& probabilities) {
  const double n = double(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));
  double x = 0;
  for (std::size_t k = 0; k < counts.size(); ++k) {
    const double expected = n * probabilities[k], difference = double(counts[k]) - expected;
    x += difference * difference / expected;
  }
  const double p = chi_square_upper_tail(x, double(counts.size()) - 1);
  return verdict(alpha / 2 < p && p < 1 - alpha / 2)
         << "chi-square " << x << " with " << counts.size() - 1 << " degrees, p = " << p;
}

}  // namespace statistics
