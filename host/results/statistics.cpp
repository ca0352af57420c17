// SPDX-License-Identifier: Apache-2.0
#include "host/results/statistics.hpp"

#include "host/results/statistics_on_device.hpp"
#include "host/results/summarise.hpp"

#if defined(GUMBELCUDA_HAVE_THRUST)
#include <thrust/system/cpp/execution_policy.h>
#include <thrust/system/cpp/vector.h>

#include "host/results/parallel_thrust.hpp"
#endif

namespace gumbelcuda {
namespace {

#if defined(GUMBELCUDA_HAVE_THRUST)
// One thread with a radix sort takes 0.1 s for a million GANs; Thrust's OMP, a merge sort, took 0.3 s on two threads.
template <class Value>
using host_vector = thrust::cpp::vector<Value>;
using algorithms = parallel::thrust_algorithms<thrust::cpp::tag, host_vector>;
#else
using algorithms = parallel::standard_algorithms;
#endif

}  // namespace

std::vector<double> total_variation(const std::vector<float>& distribution, int classes,
                                    const std::vector<double>& target) {
  return summary::distances<algorithms, summary::variation_term>(distribution, classes, target);
}

std::vector<double> kl_divergence(const std::vector<float>& distribution, int classes,
                                  const std::vector<double>& target) {
  return summary::distances<algorithms, summary::divergence_term>(distribution, classes, target);
}

fleet_distances distances_to_target(const fleet_result& fleet, const std::vector<double>& target) {
  return {total_variation(fleet.distribution, fleet.classes, target),
          kl_divergence(fleet.distribution, fleet.classes, target)};
}

fleet_statistics collect(const fleet_result& fleet, const std::vector<double>& target, double tolerance) {
  return summary::collect<algorithms>(fleet, target, tolerance);
}

fleet_statistics collect_on_device(const fleet_result& fleet, const std::vector<double>& target, double tolerance,
                                   int device) {
  if (const auto there = try_collect_on_device(fleet, target, tolerance, device)) return *there;
  return collect(fleet, target, tolerance);
}

#if !defined(GUMBELCUDA_HAVE_STATISTICS_ON_DEVICE)
std::optional<fleet_statistics> try_collect_on_device(const fleet_result&, const std::vector<double>&, double, int) {
  return {};
}
#endif

}  // namespace gumbelcuda
