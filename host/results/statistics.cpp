// SPDX-License-Identifier: Apache-2.0
#include "host/results/statistics.hpp"

#include <utility>

#include "host/results/statistics_on_device.hpp"
#include "host/results/summarise.hpp"

#if defined(GUMBELCUDA_HAVE_THRUST)
#include <thrust/system/cpp/execution_policy.h>

#include "host/results/parallel_thrust.hpp"
#endif

namespace gumbelcuda {
namespace {

#if defined(GUMBELCUDA_HAVE_THRUST)
// One thread with a radix sort takes 0.1 s for a million GANs; Thrust's OMP, a merge sort, took 0.3 s on two threads.
template <class Value>
using host_vector = std::vector<Value>;
using algorithms = parallel::thrust_algorithms<thrust::cpp::tag, host_vector>;
#else
using algorithms = parallel::standard_algorithms;
#endif

// The distances of GANs from `first` on, Σ Term over the classes.
template <class Term>
array_source<double> distances(const array_source<float>& distribution, int classes,
                               const std::vector<double>& target) {
  summary::check_sizes(distribution.size(), classes, target);
  const std::size_t row = target.size();
  return {distribution.size() / row, [=](std::uint64_t first, std::uint64_t count, double* to) {
            const array_source<float> part(count * row, [&](std::uint64_t begin, std::uint64_t size, float* values) {
              distribution.copy(first * row + begin, size, values);
            });
            for_each_block(part, row, [&](std::uint64_t at, const std::vector<float>& block) {
              const auto of_block =
                  summary::distances<algorithms, Term>(block.data(), block.size() / row, target.data(), row);
              std::copy(of_block.begin(), of_block.end(), to + at);
            });
          }};
}

template <class Term>
std::vector<double> all_distances(const std::vector<float>& distribution, int classes,
                                  const std::vector<double>& target) {
  const auto source = distances<Term>(array_source(distribution), classes, target);
  std::vector<double> all(source.size());
  source.copy(0, all.size(), all.data());
  return all;
}

// Distributions that are read block by block. A pass over them serves as many classes as there is memory for.
class sample_in_blocks {
 public:
  sample_in_blocks(const fleet_rows& rows, const std::vector<double>& target, std::uint64_t class_bytes)
      : rows_(rows), target_(target), class_bytes_(class_bytes), gans_(rows.distribution.size() / target.size()) {}

  std::size_t gans() const { return gans_; }
  std::vector<double> variations() {
    is_kept_.assign(gans_, false);
    std::vector<double> kept;
    kept.reserve(gans_);
    for_each_distance<summary::variation_term>([&](std::size_t gan, double distance) {
      is_kept_[gan] = std::fabs(distance) < INFINITY;
      if (is_kept_[gan]) kept.push_back(distance);
    });
    count_ = kept.size();
    return kept;
  }
  std::vector<float> of_class(std::size_t k) {
    if (k >= first_class_ + waiting_.size()) gather(k);
    return std::move(waiting_[k - first_class_]);
  }
  std::vector<double> divergences() const {
    std::vector<double> kept;
    kept.reserve(count_);
    for_each_distance<summary::divergence_term>([&](std::size_t gan, double distance) {
      if (is_kept_[gan]) kept.push_back(distance);
    });
    return kept;
  }

 private:
  template <class Term, class Each>
  void for_each_distance(Each each) const {
    for_each_block(distances<Term>(rows_.distribution, rows_.classes, target_), 1,
                   [&](std::uint64_t first, const std::vector<double>& block) {
                     for (std::size_t i = 0; i < block.size(); ++i) each(first + i, block[i]);
                   });
  }
  // The numbers of classes from `first` on.
  void gather(std::size_t first) {
    const std::size_t classes = target_.size();
    const std::size_t most = std::max<std::size_t>(1, class_bytes_ / sizeof(float) / std::max<std::size_t>(1, count_));
    first_class_ = first;
    waiting_.clear();
    waiting_.resize(std::min(most, classes - first));
    for (auto& values : waiting_) values.reserve(count_);
    for_each_block(rows_.distribution, classes, [&](std::uint64_t gan, const std::vector<float>& block) {
      for (std::size_t at = 0; at < block.size(); at += classes, ++gan)
        if (is_kept_[gan])
          for (std::size_t k = 0; k < waiting_.size(); ++k) waiting_[k].push_back(block[at + first + k]);
    });
  }

  const fleet_rows& rows_;
  const std::vector<double>& target_;
  std::uint64_t class_bytes_;
  std::size_t gans_, count_ = 0, first_class_ = 0;
  std::vector<bool> is_kept_{};
  std::vector<std::vector<float>> waiting_{};
};

}  // namespace

std::vector<double> total_variation(const std::vector<float>& distribution, int classes,
                                    const std::vector<double>& target) {
  return all_distances<summary::variation_term>(distribution, classes, target);
}

std::vector<double> kl_divergence(const std::vector<float>& distribution, int classes,
                                  const std::vector<double>& target) {
  return all_distances<summary::divergence_term>(distribution, classes, target);
}

distance_sources distances_to_target(const array_source<float>& distribution, int classes,
                                     const std::vector<double>& target) {
  return {distances<summary::variation_term>(distribution, classes, target),
          distances<summary::divergence_term>(distribution, classes, target)};
}

fleet_statistics collect(const fleet_rows& fleet, const std::vector<double>& target, double tolerance,
                         std::uint64_t class_bytes) {
  summary::check_sizes(fleet.distribution.size(), fleet.classes, target);
  sample_in_blocks sample(fleet, target, class_bytes);
  return summary::collect<algorithms>(sample, target.size(), tolerance);
}

fleet_statistics collect(const fleet_result& fleet, const std::vector<double>& target, double tolerance) {
  return collect(rows_of(fleet), target, tolerance);
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
