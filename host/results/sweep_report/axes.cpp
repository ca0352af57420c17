// SPDX-License-Identifier: Apache-2.0
#include "host/results/sweep_report/axes.hpp"

#include <algorithm>
#include <cmath>

namespace gumbelcuda {
namespace {

// Where more values than this differ in more than every second GAN, they were drawn at random; see random_side().
constexpr std::size_t fewest_random_values = 33;

std::vector<double> distinct_values(const std::vector<double>& values) {
  std::vector<double> sorted;
  std::copy_if(values.begin(), values.end(), std::back_inserter(sorted),
               [](double value) { return std::isfinite(value); });
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  return sorted;
}

// Of two random axes nearly every cell would have one GAN or none: so many bins that it has about four.
std::size_t random_side(std::size_t gans) {
  return std::max<std::size_t>(8, static_cast<std::size_t>(std::sqrt(static_cast<double>(gans)) / 2));
}

std::size_t bins_of(std::size_t distinct, std::size_t side) {
  const std::size_t in_each = (distinct + side - 1) / side;
  return (distinct + in_each - 1) / in_each;
}

class sides {
 public:
  sides(std::size_t gans, const std::vector<std::vector<double>>& values) : gans_(gans), values_(values) {}

  std::size_t of(std::size_t axis, std::size_t side) const {
    const std::size_t distinct = values_[axis].size();
    const bool random = values_.size() > 1 && distinct >= fewest_random_values && distinct > gans_ / 2;
    return bins_of(distinct, random ? std::min(side, random_side(gans_)) : side);
  }

  // Cells of all pairs of axes, at most.
  std::size_t cells(std::size_t side) const {
    std::size_t sum = 0;
    for (std::size_t x = 0; x < values_.size(); ++x)
      for (std::size_t y = 0; y < x; ++y) sum += std::min(of(x, side) * of(y, side), gans_);
    return sum;
  }

 private:
  std::size_t gans_;
  const std::vector<std::vector<double>>& values_;
};

binned_axis binned(const sweep_axis& axis, const std::vector<double>& values, std::size_t bins) {
  binned_axis result{.axis = &axis, .distinct = values.size()};
  const std::size_t in_each = (values.size() + bins - 1) / bins;
  for (std::size_t first = 0; first < values.size(); first += in_each) {
    result.from.push_back(values[first]);
    result.to.push_back(values[std::min(first + in_each, values.size()) - 1]);
  }
  result.bin_of.reserve(axis.value.size());
  for (const double value : axis.value) {
    const auto bin = std::lower_bound(result.to.begin(), result.to.end(), value);
    result.bin_of.push_back(std::isfinite(value) ? static_cast<std::uint32_t>(bin - result.to.begin()) : no_bin);
  }
  return result;
}

}  // namespace

std::vector<binned_axis> bin_axes(const sweep_record& record, const sweep_report_limits& limits) {
  std::vector<const sweep_axis*> axes;
  std::vector<std::vector<double>> values;
  for (const sweep_axis& axis : record.axes) {
    std::vector<double> distinct = distinct_values(axis.value);
    if (distinct.size() < 2) continue;
    axes.push_back(&axis);
    values.push_back(std::move(distinct));
  }
  const sides choice(record.result.num_gans, values);
  std::size_t side = limits.bins;
  while (side > 2 && choice.cells(side) > limits.cells) side = side * 7 / 8;
  std::vector<binned_axis> result;
  for (std::size_t i = 0; i < axes.size(); ++i) result.push_back(binned(*axes[i], values[i], choice.of(i, side)));
  return result;
}

}  // namespace gumbelcuda
