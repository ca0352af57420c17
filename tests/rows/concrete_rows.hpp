// SPDX-License-Identifier: Apache-2.0
// Rows of the Concrete distribution for its tests: calls of the library, and the density in long double.
#pragma once

#include <cmath>
#include <vector>

#include "gumbelcuda/concrete.hpp"
#include "tests/rows/scores.hpp"

namespace gumbelcuda::testing_rows {

inline row_batch row_of(number_type type, const std::vector<double>& values) {
  row_batch row(type, 1, values.size());
  for (std::uint64_t k = 0; k < values.size(); ++k) row.set(0, k, values[k]);
  return row;
}

struct concrete_row_values {
  row_batch logits, value;
  std::vector<float> temperature;
  bool log_domain = false;

  concrete_log_prob_task task() {
    return {.rows = logits.rows(),
            .classes = logits.classes(),
            .type = logits.type(),
            .logits = logits.in(),
            .value = value.in(),
            .temperature = temperature.data(),
            .temperature_per_row = temperature.size() > 1,
            .log_domain = log_domain};
  }
  std::vector<double> log_prob() {
    row_batch result(computed_type(logits.type()), 1, logits.rows());
    concrete_log_prob_task to = task();
    to.log_prob = result.out().data;
    concrete_log_prob(to);
    return numbers_of(result, 0);
  }

  struct gradients {
    row_batch d_logits, d_value, d_temperature;
  };
  // Gradients of Σ d_log_prob[r]·log_prob[r].
  gradients vjp(const std::vector<double>& d_log_prob) {
    const number_type computed = computed_type(logits.type());
    gradients d{row_batch(logits.type(), logits.rows(), logits.classes()),
                row_batch(logits.type(), logits.rows(), logits.classes()), row_batch(computed, 1, logits.rows())};
    row_batch upstream = row_of(computed, d_log_prob);
    concrete_log_prob_vjp({.rows = logits.rows(),
                           .classes = logits.classes(),
                           .type = logits.type(),
                           .logits = logits.in(),
                           .value = value.in(),
                           .temperature = temperature.data(),
                           .temperature_per_row = temperature.size() > 1,
                           .log_domain = log_domain,
                           .d_log_prob = upstream.in().data,
                           .d_logits = d.d_logits.out(),
                           .d_value = d.d_value.out(),
                           .d_temperature = d.d_temperature.out().data});
    return d;
  }
};

// The density in long double, for values inside the simplex: no class has probability 0.
struct exact_concrete {
  long double log_prob = 0;
  // The size of all terms, each with the possible error of the numbers that enter it, in roundings; see
  // concrete_test.cpp.
  long double size = 0;

  exact_concrete(const std::vector<long double>& logits, const std::vector<long double>& log_value, long double t,
                 bool log_domain) {
    const long double classes = (long double)logits.size(), jacobian = log_domain ? 0 : 1;
    std::vector<long double> w;
    for (std::size_t k = 0; k < logits.size(); ++k) w.push_back(logits[k] - t * log_value[k]);
    const long double top = *std::max_element(w.begin(), w.end());
    long double total = 0, weighted = 0;
    for (std::size_t k = 0; k < w.size(); ++k) {
      const long double moved = std::abs(w[k]) + std::abs(top) + 3 * t * std::abs(log_value[k]);
      const long double e = std::exp(w[k] - top);
      log_prob += w[k] - top - jacobian * log_value[k];
      size += 2 * moved + 3 * jacobian * std::abs(log_value[k]);
      total += e;
      weighted += e * (moved + 3);
    }
    const long double constant = std::lgamma(classes) + (classes - 1) * std::log(t);
    log_prob += constant - classes * std::log(total);
    size += std::lgamma(classes) + (classes - 1) * std::abs(std::log(t)) + 16 +
            classes * (std::log(total) + weighted / total);
  }
};

}  // namespace gumbelcuda::testing_rows
