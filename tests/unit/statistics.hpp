// SPDX-License-Identifier: Apache-2.0
// The level of the statistical tests. Their tail probabilities are those of host/selftest/.
#pragma once

#include "host/selftest/tail_probability.hpp"

namespace statistics {

// Every statistical test here runs once, on a fixed seed, at this level. So it can start to fail only if the code
// changes, and a correct implementation would have failed for one seed in a million.
inline constexpr double alpha = 1e-6;

inline double kolmogorov_critical(double samples) { return kolmogorov_critical(samples, alpha); }

// Whether `hits` of `trials` is plausible for probability p: each tail alone must be above alpha/2.
inline bool binomial_agrees(std::uint64_t hits, std::uint64_t trials, long double p) {
  return binomial_lower_tail(hits, trials, p) > alpha / 2 && binomial_upper_tail(hits, trials, p) > alpha / 2;
}

}  // namespace statistics
