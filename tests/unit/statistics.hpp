// SPDX-License-Identifier: Apache-2.0
// Tail probabilities for the statistical tests, from their definitions in long double: a threshold in a test
// is then a formula with N and alpha in it, not a copied number.
#pragma once

#include <cmath>
#include <cstdint>

namespace statistics {

// Every statistical test here runs once, on a fixed seed, at this level: it can fail only if the code
// changes, and a correct law would have failed for one seed in a million.
inline constexpr double alpha = 1e-6;

// The distance between an empirical and the true distribution function that N samples exceed with
// probability at most alpha, for every N: Dvoretzky, Kiefer, Wolfowitz with Massart's constant.
inline double kolmogorov_critical(double samples) { return std::sqrt(std::log(2 / alpha) / (2 * samples)); }

// P(chi-square with `freedom` degrees > x) = Q(freedom/2, x/2); Abramowitz, Stegun 6.5.29 (series of the
// lower function), which converges everywhere.
inline double chi_square_upper_tail(double x, double freedom) {
  const long double a = freedom / 2, z = x / 2;
  if (z <= 0) return 1;
  if (z < a + 1) {
    long double term = 1 / a, sum = term;
    for (int n = 1; term > sum * 1e-20L; ++n) sum += term *= z / (a + n);
    return double(1 - sum * std::exp(a * std::log(z) - z - std::lgamma(a)));
  }
  // The upper function's continued fraction, 6.5.31, by Lentz's method: no cancellation far out.
  long double b = z + 1 - a, c = 1e30L, d = 1 / b, h = d;
  for (int n = 1; n < 10000; ++n) {
    const long double an = -n * (n - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    h *= c * d;
    if (std::abs(c * d - 1) < 1e-18L) break;
  }
  return double(h * std::exp(a * std::log(z) - z - std::lgamma(a)));
}

// P(X ≤ k) and P(X ≥ k) for X binomial.
inline long double binomial_pmf(std::uint64_t k, std::uint64_t n, long double p) {
  const long double m = n, j = k;
  return std::exp(std::lgamma(m + 1) - std::lgamma(j + 1) - std::lgamma(m - j + 1) + j * std::log(p) +
                  (m - j) * std::log1p(-p));
}
inline double binomial_lower_tail(std::uint64_t k, std::uint64_t n, long double p) {
  long double sum = 0;
  for (std::uint64_t j = 0; j <= k; ++j) sum += binomial_pmf(j, n, p);
  return double(sum);
}
inline double binomial_upper_tail(std::uint64_t k, std::uint64_t n, long double p) {
  return k == 0 ? 1.0 : 1.0 - binomial_lower_tail(k - 1, n, p);
}

// Whether `hits` of `trials` is what probability p can give: each tail alone above alpha/2.
inline bool binomial_agrees(std::uint64_t hits, std::uint64_t trials, long double p) {
  return binomial_lower_tail(hits, trials, p) > alpha / 2 && binomial_upper_tail(hits, trials, p) > alpha / 2;
}

}  // namespace statistics
