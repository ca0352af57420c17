// SPDX-License-Identifier: Apache-2.0
// Tail probabilities for statistical checks, from their definitions in long double. A threshold is then a formula with
// N and alpha, the probability of a false alarm, instead of a copied number.
#pragma once

#include <cmath>
#include <cstdint>

namespace statistics {

// The distance between the empirical and the true distribution function that N samples exceed with probability at most
// alpha, for every N: Dvoretzky, Kiefer and Wolfowitz with Massart's constant.
inline double kolmogorov_critical(double samples, double alpha) {
  return std::sqrt(std::log(2 / alpha) / (2 * samples));
}

// P(chi-square with `freedom` degrees > x) = Q(freedom/2, x/2); Abramowitz and Stegun 6.5.29 (series of the lower
// function), which converges everywhere.
inline double chi_square_upper_tail(double x, double freedom) {
  const long double a = freedom / 2, z = x / 2;
  if (z <= 0) return 1;
  if (z < a + 1) {
    long double term = 1 / a, sum = term;
    for (int n = 1; term > sum * 1e-20L; ++n) sum += term *= z / (a + n);
    return double(1 - sum * std::exp(a * std::log(z) - z - std::lgamma(a)));
  }
  // The upper function's continued fraction, 6.5.31, by Lentz's method: no cancellation far out in the tail.
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

// P(X = k), P(X ≤ k) and P(X ≥ k) for binomial X.
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

// --- Ranges with a probability of at most alpha/2 in each tail --------------------------------------------------

struct range {
  double least, most;
};

// The root of a decreasing function between `low` and `high`, to the last digit.
template <class Function>
double root_of_decreasing(Function f, double low, double high) {
  for (int i = 0; i < 200; ++i) {
    const double middle = low + (high - low) / 2;
    (f(middle) > 0 ? low : high) = middle;
  }
  return low;
}

inline double normal_critical(double alpha) {
  return root_of_decreasing([&](double z) { return std::erfc(z / std::sqrt(2.)) - alpha; }, 0, 38);
}

// Limits both ends: a fit that is too good is as wrong as a bad one.
inline range chi_square_range(double freedom, double alpha) {
  const auto quantile = [&](double upper_tail) {
    return root_of_decreasing([&](double x) { return chi_square_upper_tail(x, freedom) - upper_tail; }, 0,
                              10 * freedom + 1000);
  };
  return {quantile(1 - alpha / 2), quantile(alpha / 2)};
}

// For n·p below 11,000, where the first term does not underflow. Hoeffding (1956): n trials with different
// probabilities, whose mean is p, have even smaller tails.
inline range binomial_range(std::uint64_t n, long double p, double alpha) {
  range allowed{-1, double(n)};
  long double pmf = std::exp(static_cast<long double>(n) * std::log1p(-p)), sum = 0;
  for (std::uint64_t k = 0; k < n; ++k) {
    sum += pmf;  // P(X ≤ k)
    if (allowed.least < 0 && sum > alpha / 2) allowed.least = double(k);
    if (allowed.least >= 0 && 1 - sum <= alpha / 2) {
      allowed.most = double(k);
      break;
    }
    pmf *= static_cast<long double>(n - k) / static_cast<long double>(k + 1) * (p / (1 - p));
  }
  return allowed;
}

}  // namespace statistics
