// SPDX-License-Identifier: Apache-2.0
// Common parts of the references for operations on rows: logits plus noise, and how far each rounding can move a
// number.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "gumbelcuda/gumbel.hpp"
#include "tests/rows/row_batch.hpp"

namespace gumbelcuda::testing_rows {

inline constexpr double infinity = std::numeric_limits<double>::infinity();
inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
inline constexpr number_type all_types[] = {number_type::float32, number_type::float16, number_type::bfloat16,
                                            number_type::float64};

// The type in which numbers of a type are computed.
inline number_type computed_type(number_type type) {
  return type == number_type::float64 ? number_type::float64 : number_type::float32;
}

inline std::vector<double> numbers_of(const row_batch& batch, std::uint64_t row) {
  std::vector<double> numbers;
  for (std::uint64_t k = 0; k < batch.classes(); ++k) numbers.push_back(batch.get(row, k));
  return numbers;
}

inline row_batch noise_of(number_type type, std::uint64_t rows, std::uint64_t classes, const noise_address& noise) {
  row_batch g(computed_type(type), rows, classes);
  gumbel_noise({.rows = rows, .classes = classes, .type = g.type(), .noise = noise, .out = g.out()});
  return g;
}

// logits + noise of a row, each sum rounded in the type of the computation.
inline std::vector<double> scores_of(const row_batch& logits, const row_batch& noise, std::uint64_t row) {
  std::vector<double> z = numbers_of(logits, row);
  for (std::uint64_t k = 0; k < z.size(); ++k)
    z[k] = noise.type() == number_type::float64 ? z[k] + noise.get(row, k) : float(z[k]) + float(noise.get(row, k));
  return z;
}

// The scores that decide draws: the rounded sum, and its rounding error, which is itself a number. If the larger
// summand comes first, Dekker's sum computes the error exactly.
struct exact_score {
  double rounded, remainder = 0;
  friend auto operator<=>(const exact_score&, const exact_score&) = default;
};
inline std::vector<exact_score> exact_scores_of(const row_batch& logits, const row_batch& noise, std::uint64_t row) {
  std::vector<exact_score> scores;
  const std::vector<double> x = numbers_of(logits, row), g = numbers_of(noise, row), z = scores_of(logits, noise, row);
  for (std::size_t k = 0; k < z.size(); ++k) {
    scores.push_back({z[k]});
    if (!std::isfinite(z[k])) continue;
    const bool logit_first = std::abs(x[k]) > std::abs(g[k]);
    scores[k].remainder = logit_first ? (x[k] - z[k]) + g[k] : (g[k] - z[k]) + x[k];
  }
  return scores;
}

template <class Number>
std::size_t first_of_the_largest(const std::vector<Number>& x) {
  return std::size_t(std::max_element(x.begin(), x.end()) - x.begin());
}

// Error bounds of single operations. u is half a unit in the last place, relative to the result, plus 1 % that covers
// second orders in u. exp and log are in units of u (math/elementary.hpp). `least` covers underflow. A stored number
// may be off by stored_u of itself, or by stored_least.
struct precision {
  long double u, exp, log, exp_end, least, smallest_normal, stored_u = 0, stored_least = 0;

  explicit precision(number_type type) {
    const bool is_double = type == number_type::float64;
    u = 1.01L * (is_double ? 0x1p-53L : 0x1p-24L);
    exp = is_double ? 4 : 2.2L;
    log = is_double ? 4 : 2.4L;
    exp_end = is_double ? 708.3L : 87.3L;
    least = is_double ? 0x1p-1074L : 0x1p-149L;
    smallest_normal = is_double ? 0x1p-1022L : 0x1p-126L;
    if (type == number_type::float16) stored_u = 0x1p-11L, stored_least = 0x1p-25L;
    if (type == number_type::bfloat16) stored_u = 0x1p-8L, stored_least = 0x1p-134L;
  }
  // The error of a number after it was stored.
  long double stored(long double value, long double error) const {
    return error + std::max(stored_u * (std::abs(value) + error), stored_least);
  }
};

// The number of additions that a term of a sum over a row goes through (detail/rows/part.hpp): those within its slot,
// from the second term on, and the halvings.
inline int additions(std::uint64_t classes) {
  const std::uint64_t slots = std::bit_ceil(std::min<std::uint64_t>(classes, 32768));
  return int((classes + slots - 1) / slots - 1) + int(std::bit_width(slots) - 1);
}

// softmax(z/τ) and its logarithm in long double, τ in (0, ∞), and how far rounding may move the library's. The exponent
// has three roundings: difference, reciprocal and product. Below −exp_end, exp gives 0.
struct exact_softmax {
  std::vector<long double> y, y_error, log_y, log_y_error;

  exact_softmax(const std::vector<double>& z, double temperature, const precision& p) {
    const long double top = *std::max_element(z.begin(), z.end()), scale = 1 / static_cast<long double>(temperature);
    const long double cut = std::exp(-p.exp_end * (1 - 3 * p.u));
    long double sum = 0, sum_error = 0;
    for (const double score : z) {
      const long double gap = (top - score) * scale, e = std::exp(-gap);
      log_y.push_back(-gap);
      y.push_back(e);
      y_error.push_back(e * (3 * p.u * std::min(gap, p.exp_end) + p.exp * p.u));
      sum += e;
      sum_error += y_error.back() + (gap > p.exp_end ? e : 0);
    }
    const long double total_error = sum_error / sum + additions(z.size()) * p.u;
    for (std::size_t k = 0; k < z.size(); ++k) {
      y_error[k] = (y_error[k] + y[k] * (total_error + 2 * p.u) + cut) / sum + p.least;
      y[k] /= sum;
      const long double gap = -log_y[k];
      log_y[k] -= std::log(sum);
      log_y_error.push_back(3 * p.u * gap + total_error + p.u * (p.log * std::log(sum) + std::abs(log_y[k])) + p.least);
    }
  }
};

}  // namespace gumbelcuda::testing_rows
