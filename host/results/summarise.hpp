// SPDX-License-Identifier: Apache-2.0
// Implements statistics.hpp once for all algorithms of parallel.hpp: the host's and a CUDA device's.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "gumbelcuda/config.hpp"
#include "gumbelcuda/math/elementary.hpp"
#include "host/results/parallel.hpp"
#include "host/results/quantile.hpp"
#include "host/results/statistics.hpp"

namespace gumbelcuda::summary {

inline constexpr double nan = std::numeric_limits<double>::quiet_NaN();

inline void check_sizes(const std::vector<float>& distribution, int classes, const std::vector<double>& target) {
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
// Uses this library's logarithm: those of a host and a device differ.
struct divergence_term {
  GUMBELCUDA_HD double operator()(double p, double t) const {
    if (!(t > 0)) return 0;
    const double ratio = t / p;
    // Not finite: p is 0 or NaN. Below the smallest normal number: p is so large that it belongs to no distribution.
    if (!(ratio < INFINITY)) return ratio;
    return ratio >= constants_of<double>::smallest_normal ? t * gumbelcuda::log(ratio) : -INFINITY;
  }
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

struct is_finite {
  const double* values;
  GUMBELCUDA_HD bool operator()(std::size_t i) const { return std::fabs(values[i]) < INFINITY; }
};

// Values of the i-th GAN that did not diverge; `kept` lists these GANs.
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

// NaN if there are no values.
template <class Algorithms, class Function>
double mean_of(std::size_t count, Function function) {
  return count == 0 ? nan
                    : parallel::transform_reduce<Algorithms>(count, 0., function, parallel::add{}) /
                          static_cast<double>(count);
}

// Summarises one class over the GANs. Two passes, since the deviation is often a thousandth of the mean.
template <class Algorithms>
void summarise_class(typename Algorithms::template array<float> probabilities, fleet_statistics& statistics) {
  const std::size_t count = probabilities.size();
  const value_of value{Algorithms::pointer(probabilities)};
  const double mean = mean_of<Algorithms>(count, value);
  const double squares =
      parallel::transform_reduce<Algorithms>(count, 0., squared_deviation{value, mean}, parallel::add{});
  statistics.mean.push_back(mean);
  statistics.stddev.push_back(count == 0   ? nan
                              : count == 1 ? 0
                                           : std::sqrt(squares / (static_cast<double>(count) - 1)));
  Algorithms::sort(probabilities);
  statistics.quantile_05.push_back(quantile(probabilities, .05));
  statistics.median.push_back(quantile(probabilities, .5));
  statistics.quantile_95.push_back(quantile(probabilities, .95));
}

// [gan], in the memory where the algorithms work.
template <class Algorithms, class Term>
auto distances(const float* distribution, std::size_t gans, const double* target, std::size_t classes) {
  return Algorithms::template tabulate<double>(gans, sum_of_gan<Term>{distribution, target, classes});
}

template <class Algorithms, class Term>
std::vector<double> distances(const std::vector<float>& distribution, int classes, const std::vector<double>& target) {
  check_sizes(distribution, classes, target);
  const typename Algorithms::template input<float> p(distribution);
  const typename Algorithms::template input<double> t(target);
  return Algorithms::to_host(
      distances<Algorithms, Term>(p.pointer(), distribution.size() / target.size(), t.pointer(), target.size()));
}

template <class Algorithms>
fleet_statistics collect(const fleet_result& fleet, const std::vector<double>& target, double tolerance) {
  check_sizes(fleet.distribution, fleet.classes, target);
  const std::size_t classes = target.size(), gans = fleet.distribution.size() / classes;
  const typename Algorithms::template input<float> p(fleet.distribution);
  const typename Algorithms::template input<double> t(target);
  const auto variations = distances<Algorithms, variation_term>(p.pointer(), gans, t.pointer(), classes);
  const auto kept = Algorithms::numbers_where(gans, is_finite{Algorithms::pointer(variations)});
  const std::size_t count = kept.size();

  fleet_statistics statistics;
  statistics.tolerance = tolerance;
  statistics.diverged = gans - count;
  for (std::size_t k = 0; k < classes; ++k)
    summarise_class<Algorithms>(Algorithms::template tabulate<float>(
                                    count, probability_of_class{p.pointer(), Algorithms::pointer(kept), classes, k}),
                                statistics);

  const distance_of_gan variation{Algorithms::pointer(variations), Algorithms::pointer(kept)};
  statistics.mean_total_variation = mean_of<Algorithms>(count, variation);
  statistics.max_total_variation =
      count == 0 ? nan : parallel::transform_reduce<Algorithms>(count, 0., variation, parallel::larger{});
  statistics.converged =
      parallel::transform_reduce<Algorithms>(count, std::uint64_t{0}, is_within{variation, tolerance}, parallel::add{});
  const auto divergences = distances<Algorithms, divergence_term>(p.pointer(), gans, t.pointer(), classes);
  statistics.mean_kl =
      mean_of<Algorithms>(count, distance_of_gan{Algorithms::pointer(divergences), Algorithms::pointer(kept)});
  return statistics;
}

}  // namespace gumbelcuda::summary
