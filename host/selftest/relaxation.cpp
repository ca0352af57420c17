// SPDX-License-Identifier: Apache-2.0
// Checks Gumbel-softmax: rows sum to 1; its index is Gumbel-max's and its own maximum; its gradient is the function's.
#include <algorithm>
#include <random>

#include "host/selftest/checks.hpp"

namespace gumbelcuda {
namespace {

double in_unit_interval(std::mt19937_64& random) { return double(random() >> 11) * 0x1p-53; }

// Finite differences, in double, of the weighted sum f = Σ d_k·y_k, whose gradient is the vector-Jacobian product.
//
// As a function of one logit x, a row of y is the logistic function of x/τ and its complement, times constants. The
// logistic function's fifth derivative is at most ¼. So with |d| ≤ 1 the five-point formula is off by at most
// h⁴/30·2·¼/τ⁵ = 2^-32/(60·τ) for h = 2^-8·τ. Rounding: the y of a row have a relative error of at most 16 units of
// 2^-53, and rounded scores add at most 2^-53·64/(4·τ) to y if τ is ½ or more. The formula multiplies these by 1.5/h.
constexpr double step_of_tau = 0x1p-8;
double allowed_error(double temperature) {
  const double rounding = 16 * 0x1p-53 + 0x1p-53 * 16 / temperature;
  return 0x1p-32 / (60 * temperature) + 1.5 / (step_of_tau * temperature) * rounding;
}

struct gradient_problem {
  static constexpr std::uint64_t rows = 64;
  const sampler_under_test& sampler;
  noise_address noise;
  std::uint64_t classes;
  float temperature;
  std::vector<double> logits = std::vector<double>(rows * classes), d_y = logits;

  std::vector<double> f(std::uint64_t k, double step) const {
    std::vector<double> moved = logits, y = logits, sums(rows);
    for (std::uint64_t row = 0; row < rows; ++row) moved[row * classes + k] += step;
    sampler.relax({.rows = rows,
                   .classes = classes,
                   .type = number_type::float64,
                   .noise = noise,
                   .logits = {moved.data()},
                   .temperature = &temperature,
                   .y = {y.data()}});
    for (std::uint64_t i = 0; i < rows * classes; ++i) sums[i / classes] += d_y[i] * y[i];
    return sums;
  }

  // The largest error of the gradients by logits and temperature, in units of the allowed error.
  double largest_error() const {
    std::vector<double> g = logits, d_logits = logits, d_temperature(rows), by_differences(rows);
    sampler.noise({.rows = rows, .classes = classes, .type = number_type::float64, .noise = noise, .out = {g.data()}});
    sampler.relax_vjp({.rows = rows,
                       .classes = classes,
                       .type = number_type::float64,
                       .noise = noise,
                       .logits = {logits.data()},
                       .temperature = &temperature,
                       .d_y = {d_y.data()},
                       .d_logits = {d_logits.data()},
                       .d_temperature = d_temperature.data()});
    const double tau = double(temperature), h = step_of_tau * tau;
    double largest = 0;
    std::vector<double> reach(rows);
    for (std::uint64_t k = 0; k < classes; ++k) {
      const auto a = f(k, -2 * h), b = f(k, -h), c = f(k, h), d = f(k, 2 * h);
      for (std::uint64_t row = 0; row < rows; ++row) {
        const std::uint64_t i = row * classes + k;
        const double difference = (a[row] - 8 * b[row] + 8 * c[row] - d[row]) / (12 * h), score = logits[i] + g[i];
        keep_largest(largest, std::abs(d_logits[i] - difference) / allowed_error(tau));
        // f depends on scores/τ alone, so its derivative by τ is −Σ score_k·(df/dscore_k)/τ.
        by_differences[row] -= score * difference / tau;
        reach[row] += std::abs(score) / tau;
      }
    }
    for (std::uint64_t row = 0; row < rows; ++row)
      keep_largest(largest, std::abs(d_temperature[row] - by_differences[row]) / (reach[row] * allowed_error(tau)));
    return largest;
  }
};

}  // namespace

check_results relaxation(const selftest_run& run) {
  const int shapes = run.is_long ? 400 : 40;
  std::mt19937_64 random(run.seed);
  std::uint64_t rows_seen = 0, disagreements = 0;
  double largest = 0;
  for (int shape = 0; shape < shapes; ++shape) {
    run.step(double(shape) / shapes);
    const std::uint64_t classes = 1 + random() % (std::uint64_t{1} << (1 + shape % 12)), rows = 1 + 20000 / classes;
    const float temperatures[] = {1, .5f, .1f, 2, 0}, temperature = temperatures[shape % 5];
    std::vector<float> logits(rows * classes), y = logits, one_hot = logits;
    for (float& x : logits) x = float(in_unit_interval(random)) * 4 - 2;
    std::vector<std::int64_t> index(rows), drawn(rows);
    const noise_address noise{run.seed, rows_of_relaxation + rows_seen};
    run.sampler.relax({.rows = rows,
                       .classes = classes,
                       .type = number_type::float32,
                       .noise = noise,
                       .logits = {logits.data()},
                       .temperature = &temperature,
                       .y = {y.data()},
                       .one_hot = {one_hot.data()},
                       .index = index.data()});
    run.sampler.draw({.rows = rows,
                      .classes = classes,
                      .type = number_type::float32,
                      .noise = noise,
                      .logits = {logits.data()},
                      .index = drawn.data()});
    // Terms are added in pairs of pairs: one rounding per level, and one each for the reciprocal and the product.
    const double allowed = (std::ceil(std::log2(double(classes))) + 3) * 0x1p-24;
    for (std::uint64_t row = 0; row < rows; ++row) {
      const float* const of_row = &y[row * classes];
      double sum = 0;
      for (std::uint64_t k = 0; k < classes; ++k) sum += double(of_row[k]);
      keep_largest(largest, std::abs(sum - 1) / allowed);
      const auto k = std::uint64_t(index[row]);
      const bool agrees = k < classes && index[row] == drawn[row] &&
                          of_row[k] == *std::max_element(of_row, of_row + classes) && one_hot[row * classes + k] == 1;
      disagreements += !agrees;
    }
    rows_seen += rows;
  }
  return {{.name = "gumbel_softmax: rows sum to 1",
           .samples = rows_seen,
           .statistic = "|sum - 1| / bound",
           .value = largest,
           .most = 1,
           .meaning = "relaxed samples are no distributions: an inexact exp, reciprocal or sum"},
          {.name = "gumbel_softmax: index is gumbel_max's",
           .samples = rows_seen,
           .statistic = "rows that disagree",
           .value = double(disagreements),
           .meaning = "index, one_hot, the largest y and gumbel_max's index of the same noise are not one class"}};
}

check_results gradient(const selftest_run& run) {
  std::mt19937_64 random(run.seed);
  std::uint64_t gradients = 0;
  double largest = 0;
  for (const std::uint64_t classes : {2, 5, 17})
    for (const float temperature : {.5f, 1.f, 2.f}) {
      run.step(0);
      gradient_problem problem{run.sampler, {run.seed, rows_of_relaxation + gradients}, classes, temperature};
      for (double& x : problem.logits) x = in_unit_interval(random) * 4 - 2;
      for (double& d : problem.d_y) d = in_unit_interval(random) * 2 - 1;
      keep_largest(largest, problem.largest_error());
      gradients += problem.rows * (classes + 1);
    }
  return {{.name = "gumbel_softmax_vjp: finite differences",
           .samples = gradients,
           .statistic = "error / bound",
           .value = largest,
           .most = 1,
           .meaning = "gradients are not those of the forward pass, or not of the same noise"}};
}

}  // namespace gumbelcuda
