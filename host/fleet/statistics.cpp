// SPDX-License-Identifier: Apache-2.0
#include "host/fleet/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "gumbelcuda/config.hpp"
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

// What each class adds to a distance between what was learned, p, and the target, t.
struct variation_term {
  GUMBELCUDA_HD double operator()(double p, double t) const { return .5 * std::fabs(p - t); }
};
struct divergence_term {
  GUMBELCUDA_HD double operator()(double p, double t) const { return t > 0 ? t * std::log(t / p) : 0.; }
};

// Term(p, t) summed over the classes in their order, for one GAN.
template <class Term>
struct sum_of_gan {
  const float* distribution;
  const double* target;
  std::size_t classes;

  GUMBELCUDA_HD double operator()(std::size_t gan) const {
    double sum = 0;
    for (std::size_t k = 0; k < classes; ++k)
      sum += Term{}(static_cast<double>(distribution[gan * classes + k]), target[k]);
    return sum;
  }
};

template <class Term>
std::vector<double> sum_over_classes(const std::vector<float>& distribution, int classes,
                                     const std::vector<double>& target) {
  check_sizes(distribution, classes, target);
  return parallel::tabulate<double>(distribution.size() / target.size(),
                                    sum_of_gan<Term>{distribution.data(), target.data(), target.size()});
}

// Of the GANs that did not diverge, the i-th; and what is asked of each.
struct probability_of_class {
  const float* distribution;
  const std::size_t* kept;
  std::size_t classes, k;
  GUMBELCUDA_HD float operator()(std::size_t i) const { return distribution[kept[i] * classes + k]; }
};
struct distance_of_gan {
  const double* distance;
  const std::size_t* kept;
  GUMBELCUDA_HD double operator()(std::size_t i) const { return distance[kept[i]]; }
};
struct is_within {
  distance_of_gan distance;
  double tolerance;
  GUMBELCUDA_HD std::uint64_t operator()(std::size_t i) const { return distance(i) <= tolerance ? 1 : 0; }
};

struct value_of {
  const float* values;
  GUMBELCUDA_HD double operator()(std::size_t i) const { return static_cast<double>(values[i]); }
};
struct squared_deviation {
  value_of value;
  double mean;
  GUMBELCUDA_HD double operator()(std::size_t i) const { return (value(i) - mean) * (value(i) - mean); }
};

// NaN where there is nothing to take the mean of.
template <class Function>
double mean_of(std::size_t count, Function function) {
  return count == 0 ? nan
                    : parallel::transform_reduce(count, 0., function, parallel::add{}) / static_cast<double>(count);
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
  const value_of value{probabilities.data()};
  const double mean = mean_of(count, value);
  const double squares = parallel::transform_reduce(count, 0., squared_deviation{value, mean}, parallel::add{});
  statistics.mean.push_back(mean);
  statistics.stddev.push_back(count == 0   ? nan
                              : count == 1 ? 0
                                           : std::sqrt(squares / (static_cast<double>(count) - 1)));
  parallel::sort(probabilities);
  statistics.quantile_05.push_back(quantile(probabilities, .05));
  statistics.median.push_back(quantile(probabilities, .5));
  statistics.quantile_95.push_back(quantile(probabilities, .95));
}

}  // namespace

std::vector<double> total_variation(const std::vector<float>& distribution, int classes,
                                    const std::vector<double>& target) {
  return sum_over_classes<variation_term>(distribution, classes, target);
}

std::vector<double> kl_divergence(const std::vector<float>& distribution, int classes,
                                  const std::vector<double>& target) {
  return sum_over_classes<divergence_term>(distribution, classes, target);
}

fleet_distances distances_to_target(const fleet_result& fleet, const std::vector<double>& target) {
  return {total_variation(fleet.distribution, fleet.classes, target),
          kl_divergence(fleet.distribution, fleet.classes, target)};
}

fleet_statistics collect(const fleet_result& fleet, const std::vector<double>& target, double tolerance) {
  const fleet_distances distances = distances_to_target(fleet, target);
  const std::size_t gans = distances.total_variation.size();
  std::vector<std::size_t> kept;
  kept.reserve(gans);
  for (std::size_t gan = 0; gan < gans; ++gan)
    if (std::isfinite(distances.total_variation[gan])) kept.push_back(gan);

  fleet_statistics statistics;
  statistics.tolerance = tolerance;
  statistics.diverged = gans - kept.size();
  const std::size_t count = kept.size();
  for (std::size_t k = 0; k < target.size(); ++k)
    summarise_class(parallel::tabulate<float>(
                        count, probability_of_class{fleet.distribution.data(), kept.data(), target.size(), k}),
                    statistics);

  const distance_of_gan variation{distances.total_variation.data(), kept.data()};
  statistics.mean_total_variation = mean_of(count, variation);
  statistics.max_total_variation =
      count == 0 ? nan : parallel::transform_reduce(count, 0., variation, parallel::larger{});
  statistics.mean_kl = mean_of(count, distance_of_gan{distances.kl_divergence.data(), kept.data()});
  statistics.converged =
      parallel::transform_reduce(count, std::uint64_t{0}, is_within{variation, tolerance}, parallel::add{});
  return statistics;
}

}  // namespace gumbelcuda
