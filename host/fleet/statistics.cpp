// SPDX-License-Identifier: Apache-2.0
#include "host/fleet/statistics.hpp"

#include <cmath>
#include <functional>
#include <limits>
#include <string>

#include "host/fleet/parallel.hpp"

namespace gumbelcuda {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

void check_sizes(const std::vector<float>& distribution, int classes, const std::vector<double>& target) {
  if (classes < 1 || target.size() != static_cast<std::size_t>(classes))
    throw invalid_argument("target",
                           std::to_string(target.size()) + " values for " + std::to_string(classes) + " classes");
  if (distribution.size() % target.size() != 0)
    throw invalid_argument("distribution", std::to_string(distribution.size()) +
                                               " values are no whole number of GANs of " + std::to_string(classes) +
                                               " classes");
}

// term(p, t) summed over the classes in their order, for each GAN.
template <class Term>
std::vector<double> sum_over_classes(const std::vector<float>& distribution, int classes,
                                     const std::vector<double>& target, Term term) {
  check_sizes(distribution, classes, target);
  const std::size_t num_classes = target.size();
  return parallel::tabulate<double>(distribution.size() / num_classes,
                                    [=, p = distribution.data(), t = target.data()](std::size_t gan) {
                                      double sum = 0;
                                      for (std::size_t k = 0; k < num_classes; ++k)
                                        sum += term(static_cast<double>(p[gan * num_classes + k]), t[k]);
                                      return sum;
                                    });
}

template <class Function>
double sum(std::size_t count, Function function) {
  return parallel::transform_reduce(count, 0., function, std::plus<>());
}

double quantile(const std::vector<float>& sorted, double fraction) {
  if (sorted.empty()) return nan;
  const double position = fraction * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  const double low = sorted[below], high = sorted[above];
  return low + (position - static_cast<double>(below)) * (high - low);
}

// One class over the GANs. Two passes, since the deviation is often a thousandth of the mean.
void summarise_class(std::vector<float> probabilities, fleet_statistics& statistics) {
  const std::size_t count = probabilities.size();
  const auto n = static_cast<double>(count);
  const float* p = probabilities.data();
  const double mean = count == 0 ? nan : sum(count, [=](std::size_t i) { return static_cast<double>(p[i]); }) / n;
  const double squares = sum(count, [=](std::size_t i) { return (p[i] - mean) * (p[i] - mean); });
  statistics.mean.push_back(mean);
  statistics.stddev.push_back(count == 0 ? nan : count == 1 ? 0 : std::sqrt(squares / (n - 1)));
  parallel::sort(probabilities);
  statistics.quantile_05.push_back(quantile(probabilities, .05));
  statistics.median.push_back(quantile(probabilities, .5));
  statistics.quantile_95.push_back(quantile(probabilities, .95));
}

}  // namespace

std::vector<double> total_variation(const std::vector<float>& distribution, int classes,
                                    const std::vector<double>& target) {
  return sum_over_classes(distribution, classes, target, [](double p, double t) { return .5 * std::abs(p - t); });
}

std::vector<double> kl_divergence(const std::vector<float>& distribution, int classes,
                                  const std::vector<double>& target) {
  return sum_over_classes(distribution, classes, target,
                          [](double p, double t) { return t > 0 ? t * std::log(t / p) : 0.; });
}

fleet_statistics collect(const fleet_result& fleet, const std::vector<double>& target, double tolerance) {
  const std::vector<double> variation = total_variation(fleet.distribution, fleet.classes, target);
  const std::vector<double> divergence = kl_divergence(fleet.distribution, fleet.classes, target);
  std::vector<std::size_t> kept;
  kept.reserve(variation.size());
  for (std::size_t gan = 0; gan < variation.size(); ++gan)
    if (std::isfinite(variation[gan])) kept.push_back(gan);

  fleet_statistics statistics;
  statistics.tolerance = tolerance;
  statistics.diverged = variation.size() - kept.size();
  const std::size_t count = kept.size();
  for (std::size_t k = 0; k < target.size(); ++k)
    summarise_class(parallel::tabulate<float>(count, [&, p = fleet.distribution.data(), stride = target.size()](
                                                         std::size_t i) { return p[kept[i] * stride + k]; }),
                    statistics);

  const auto n = static_cast<double>(count);
  const auto kept_variation = [&](std::size_t i) { return variation[kept[i]]; };
  statistics.mean_total_variation = count == 0 ? nan : sum(count, kept_variation) / n;
  statistics.max_total_variation =
      count == 0
          ? nan
          : parallel::transform_reduce(count, 0., kept_variation, [](double a, double b) { return std::max(a, b); });
  statistics.mean_kl = count == 0 ? nan : sum(count, [&](std::size_t i) { return divergence[kept[i]]; }) / n;
  statistics.converged = parallel::transform_reduce(
      count, std::uint64_t{0}, [&](std::size_t i) { return std::uint64_t{variation[kept[i]] <= tolerance ? 1u : 0u}; },
      std::plus<>());
  return statistics;
}

}  // namespace gumbelcuda
