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

inline void check_sizes(std::uint64_t numbers, int classes, const std::vector<double>& target) {
  if (classes < 1 || target.size() != static_cast<std::size_t>(classes))
    throw invalid_argument("target",
                           std::to_string(target.size()) + " values for " + std::to_string(classes) + " classes");
  if (numbers % target.size() != 0)
    throw invalid_argument("distribution", std::to_string(numbers) + " values are no whole number of GANs of " +
                                               std::to_string(classes) + " classes");
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
struct distance_of_kept {
  const double* distance;
  const std::size_t* kept;
  GUMBELCUDA_HD double operator()(std::size_t i) const { return distance[kept[i]]; }
};

struct distance_of_gan {
  const double* distance;
  GUMBELCUDA_HD double operator()(std::size_t i) const { return distance[i]; }
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

// The distributions of a fleet in the memory where the algorithms work, for collect().
template <class Algorithms>
class sample_in_memory {
 public:
  sample_in_memory(const std::vector<float>& distribution, const std::vector<double>& target)
      : classes_(target.size()), gans_(distribution.size() / target.size()), p_(distribution), t_(target) {}

  std::size_t gans() const { return gans_; }
  // Total variations of the GANs that did not diverge. Comes first: the others are of the same GANs.
  auto variations() {
    const auto all = distances<Algorithms, variation_term>(p_.pointer(), gans_, t_.pointer(), classes_);
    kept_ = Algorithms::numbers_where(gans_, is_finite{Algorithms::pointer(all)});
    return of_kept(all);
  }
  auto of_class(std::size_t k) const {
    return Algorithms::template tabulate<float>(
        kept_.size(), probability_of_class{p_.pointer(), Algorithms::pointer(kept_), classes_, k});
  }
  auto divergences() const {
    return of_kept(distances<Algorithms, divergence_term>(p_.pointer(), gans_, t_.pointer(), classes_));
  }

 private:
  using doubles = typename Algorithms::template array<double>;
  doubles of_kept(const doubles& all) const {
    return Algorithms::template tabulate<double>(
        kept_.size(), distance_of_kept{Algorithms::pointer(all), Algorithms::pointer(kept_)});
  }

  std::size_t classes_, gans_;
  typename Algorithms::template input<float> p_;
  typename Algorithms::template input<double> t_;
  typename Algorithms::template array<std::size_t> kept_{};
};

template <class Algorithms, class Sample>
fleet_statistics collect(Sample& sample, std::size_t classes, double tolerance) {
  fleet_statistics statistics;
  statistics.tolerance = tolerance;
  {
    const auto variations = sample.variations();
    const std::size_t count = variations.size();
    const distance_of_gan variation{Algorithms::pointer(variations)};
    statistics.diverged = sample.gans() - count;
    statistics.mean_total_variation = mean_of<Algorithms>(count, variation);
    statistics.max_total_variation =
        count == 0 ? nan : parallel::transform_reduce<Algorithms>(count, 0., variation, parallel::larger{});
    statistics.converged = parallel::transform_reduce<Algorithms>(count, std::uint64_t{0},
                                                                  is_within{variation, tolerance}, parallel::add{});
  }
  for (std::size_t k = 0; k < classes; ++k) summarise_class<Algorithms>(sample.of_class(k), statistics);
  const auto divergences = sample.divergences();
  statistics.mean_kl = mean_of<Algorithms>(divergences.size(), distance_of_gan{Algorithms::pointer(divergences)});
  return statistics;
}

}  // namespace gumbelcuda::summary
