// SPDX-License-Identifier: Apache-2.0
// Estimates a mean over 1,000 classes from ten distinct ones. Each drawn class is weighted by its probability divided
// by the probability that it is drawn, which makes the estimate unbiased. It beats ten independent draws if few classes
// have most of the probability, because those are not drawn again and again.
#include <cmath>
#include <cstdio>
#include <gumbelcuda/gumbel_top_k.hpp>
#include <vector>

int main() {
  const std::size_t classes = 1000, k = 10, estimates = 20000;
  std::vector<float> logits(classes);
  std::vector<double> p(classes), f(classes);
  double sum = 0, mean = 0, variance = 0;
  for (std::size_t i = 0; i < classes; ++i) {
    logits[i] = float(-1.5 * std::log(double(i + 1)));  // Zipf's law
    f[i] = std::sin(double(i));                         // any function of a class
    sum += p[i] = std::exp(double(logits[i]));
  }
  for (std::size_t i = 0; i < classes; ++i) mean += p[i] / sum * f[i];
  for (std::size_t i = 0; i < classes; ++i) variance += p[i] / sum * (f[i] - mean) * (f[i] - mean);

  std::vector<std::int64_t> index(estimates * k);
  std::vector<float> log_prob(index.size()), log_inclusion(index.size());
  gumbelcuda::gumbel_top_k<float>({.rows = estimates,
                                   .classes = classes,
                                   .logits = {logits.data(), gumbelcuda::repeated_row},
                                   .k = k,
                                   .index = index.data(),
                                   .log_prob = log_prob.data(),
                                   .log_inclusion = log_inclusion.data()});

  double total = 0, squares = 0;
  for (std::size_t row = 0; row < estimates; ++row) {
    double estimate = 0;
    for (std::size_t i = row * k; i < (row + 1) * k; ++i)
      estimate += std::exp(double(log_prob[i]) - double(log_inclusion[i])) * f[std::size_t(index[i])];
    total += estimate;
    squares += (estimate - mean) * (estimate - mean);
  }
  const double average = total / estimates, deviation = std::sqrt(squares / estimates);
  const double standard_error = deviation / std::sqrt(double(estimates));
  const double independent = std::sqrt(variance / k);
  std::printf("exact mean            %.5f\n", mean);
  std::printf("mean of the estimates %.5f ± %.5f\n", average, standard_error);
  std::printf("an estimate is off by %.4f; one of ten independent draws by %.4f\n", deviation, independent);
  if (std::fabs(average - mean) < 3 * standard_error && deviation < independent) return 0;
  std::fprintf(stderr, "the estimate is biased, or no better than independent draws\n");
  return 1;
}
