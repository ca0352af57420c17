// SPDX-License-Identifier: Apache-2.0
// Checks the law of one value: its distribution function, its first two moments, and how often it is large.
#include <algorithm>

#include "gumbelcuda/location_scale.hpp"
#include "host/selftest/checks.hpp"

namespace gumbelcuda {
namespace {

constexpr double euler_gamma = 0.57721566490153286, variance = 1.64493406684822644;  // π²/6
// The variance of the centred square: the law's kurtosis is 27/5.
constexpr double square_variance = (27. / 5 - 1) * variance * variance;
constexpr float thresholds[] = {12, 15, 18};

// Bins of equal probability. The distance is evaluated where bins meet; the same bound holds there.
class distribution {
 public:
  void add(float g) {
    const double p = std::exp(-std::exp(-double(g)));
    ++counts_[p < 1 ? std::size_t(p * bins) : bins - 1];  // NaN also gets a bin
    ++total_;
  }
  double distance() const {
    double largest = 0;
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < bins; ++i) {
      below += counts_[i];
      largest = std::max(largest, std::abs(double(below) / double(total_) - double(i + 1) / bins));
    }
    return largest;
  }
  std::uint64_t total() const { return total_; }

 private:
  static constexpr std::size_t bins = 1 << 16;
  std::vector<std::uint64_t> counts_ = std::vector<std::uint64_t>(bins);
  std::uint64_t total_ = 0;
};

check_result moment(const char* name, std::uint64_t samples, double value, double deviation, const char* meaning) {
  return {.name = name,
          .samples = samples,
          .statistic = "|z|",
          .value = std::abs(value) / (deviation / std::sqrt(double(samples))),
          .most = statistics::normal_critical(check_level),
          .false_alarm = check_level,
          .meaning = meaning};
}

}  // namespace

check_results noise_law(const selftest_run& run) {
  if (run.is_long) return noise_law(run, 954, 954);  // 10^9 values
  return noise_law(run, 32, 4);                      // the distribution function costs more than the noise itself
}

// Each batch has 2^20 values.
check_results noise_law(const selftest_run& run, std::uint64_t batches, std::uint64_t batches_for_distribution) {
  constexpr std::uint64_t classes = 4096, rows = 256;
  std::vector<float> g(rows * classes);
  distribution law;
  long double sum = 0, squares = 0;
  std::uint64_t hits[std::size(thresholds)] = {};
  for (std::uint64_t batch = 0; batch < batches; ++batch) {
    run.step(double(batch) / double(batches));
    run.sampler.noise({.rows = rows,
                       .classes = classes,
                       .type = number_type::float32,
                       .noise = {run.seed, rows_of_law + batch * rows},
                       .out = {g.data()}});
    double batch_sum = 0, batch_squares = 0;
    for (const float x : g) {
      const double centred = double(x) - euler_gamma;
      batch_sum += centred;
      batch_squares += centred * centred;
    }
    sum += batch_sum;
    squares += batch_squares;
    for (std::size_t t = 0; t < std::size(thresholds); ++t)
      hits[t] += std::uint64_t(std::count_if(g.begin(), g.end(), [&](float x) { return x > thresholds[t]; }));
    if (batch < batches_for_distribution)
      for (const float x : g) law.add(x);
  }

  const std::uint64_t samples = batches * rows * classes;
  check_results results = {{.name = "noise: distribution function",
                            .samples = law.total(),
                            .statistic = "Kolmogorov distance",
                            .value = law.distance(),
                            .most = statistics::kolmogorov_critical(double(law.total()), check_level),
                            .false_alarm = check_level,
                            .meaning = "noise is not Gumbel(0, 1)"},
                           moment("noise: mean", samples, double(sum) / double(samples), std::sqrt(variance),
                                  "noise is off or has infinities"),
                           moment("noise: variance", samples, double(squares) / double(samples) - variance,
                                  std::sqrt(square_variance), "noise has another scale, or a tail is cut")};
  for (std::size_t t = 0; t < std::size(thresholds); ++t) {
    const long double p = -std::expm1(-std::exp(-static_cast<long double>(thresholds[t])));
    const statistics::range allowed = statistics::binomial_range(samples, p, check_level);
    results.push_back({.name = "noise: tail beyond " + std::to_string(int(thresholds[t])),
                       .samples = samples,
                       .statistic = "values",
                       .value = double(hits[t]),
                       .least = allowed.least,
                       .most = allowed.most,
                       .false_alarm = check_level,
                       .meaning = "large noise, which wins races, comes too seldom or too often"});
  }
  return results;
}

}  // namespace gumbelcuda
