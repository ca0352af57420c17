// SPDX-License-Identifier: Apache-2.0
// Statistics of a trained fleet: each class's learned probability over the GANs (mean, spread, quantiles), and how far
// the GANs are from the target. The same fleet gives the same bytes for any number of threads.
#pragma once

#include <cstdint>
#include <vector>

#include "gumbelcuda/fleet.hpp"
#include "host/results/array_source.hpp"
#include "host/results/fleet_rows.hpp"

namespace gumbelcuda {

// A GAN with a probability that is NaN or infinite has diverged: it is counted, and left out of all other numbers. If
// no GAN is left, those numbers are NaN.
struct fleet_statistics {
  // [class]. The deviation is the sample's (n − 1), and 0 for one GAN. A quantile is interpolated linearly between its
  // two neighbours in the sorted sample (NumPy's default).
  std::vector<double> mean, stddev, quantile_05, median, quantile_95;
  double mean_total_variation = 0, max_total_variation = 0;
  double mean_kl = 0;           // KL(target ‖ learned), in nats
  std::uint64_t converged = 0;  // GANs whose total variation to the target is at most the tolerance
  double tolerance = 0;
  std::uint64_t diverged = 0;
};

// How far each GAN is from the target: [gan], by the two functions below.
struct fleet_distances {
  std::vector<double> total_variation, kl_divergence;
};

// [gan], for distribution[gan][class] and target[class]: ½ Σ |p − t|; not finite exactly for diverged GANs.
std::vector<double> total_variation(const std::vector<float>& distribution, int classes,
                                    const std::vector<double>& target);

// [gan]: KL(target ‖ learned) = Σ t·log(t/p), where a class with t = 0 adds 0. This direction is finite
// where the target has zeros; it is +inf only where the GAN gave up (p = 0) a class that the target has.
std::vector<double> kl_divergence(const std::vector<float>& distribution, int classes,
                                  const std::vector<double>& target);

// The same of distributions that are read piece by piece.
struct distance_sources {
  array_source<double> total_variation, kl_divergence;
};
distance_sources distances_to_target(const array_source<float>& distribution, int classes,
                                     const std::vector<double>& target);

// Reads the distributions several times. Keeps a number of each GAN, and those of as many classes as class_bytes hold,
// one at least.
fleet_statistics collect(const fleet_rows& fleet, const std::vector<double>& target, double tolerance = .1,
                         std::uint64_t class_bytes = std::uint64_t{1} << 27);
fleet_statistics collect(const fleet_result& fleet, const std::vector<double>& target, double tolerance = .1);

// The same bytes, computed by the CUDA device of this number; only the statistics are copied back. Uses the host if
// there is no such device or it has too little memory left.
fleet_statistics collect_on_device(const fleet_result& fleet, const std::vector<double>& target, double tolerance,
                                   int device);

// All of them throw invalid_argument if the sizes do not match.

}  // namespace gumbelcuda
