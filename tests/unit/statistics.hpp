// SPDX-License-Identifier: Apache-2.0
// The level at which the statistical tests judge; the tail probabilities are those of host/selftest/.
#pragma once

#include "host/selftest/tail_probability.hpp"

namespace statistics {

// Every statistical test here runs once, on a fixed seed, at this level: it can fail only if the code
// changes, and a correct law would have failed for one seed in a million.
inline constexpr double alpha = 1e-6;

inline double kolmogorov_critical(double samples) { return kolmogorov_critical(samples, alpha); }

// Whether `hits` of `trials` is what probability p can give: each tail alone above alpha/2.
inline bool binomial_agrees(std::uint64_t hits, std::uint64_t trials, long double p) {
  return binomial_lower_tail(hits, trials, p) > alpha / 2 && binomial_upper_tail(hits, trials, p) > alpha / 2;
}

}  // namespace statistics
