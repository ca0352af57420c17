// SPDX-License-Identifier: Apache-2.0
#include "host/results/sweep_report/cells.hpp"

#include <algorithm>
#include <cmath>

#include "host/results/quantile.hpp"

namespace gumbelcuda {
namespace {

// A variance may be too large for its type, or NaN.
void add_number(std::vector<double>& values, float value) {
  if (!std::isnan(value)) values.push_back(static_cast<double>(value));
}

double median(std::vector<double>& values) {
  std::sort(values.begin(), values.end());
  return quantile(values, .5);
}

}  // namespace

sweep_cell cell_of(const sweep_record& record, std::span<const std::uint32_t> gans) {
  sweep_cell cell{.gans = gans.size()};
  std::vector<double> distances, epochs, nonzero, variances;
  for (const std::uint32_t gan : gans) {
    if (has_diverged(record, gan)) {
      ++cell.diverged;
      continue;
    }
    const auto distance = static_cast<double>(record.result.total_variation[gan]);
    if (distance <= record.tolerance) ++cell.converged;
    distances.push_back(distance);
    epochs.push_back(static_cast<double>(record.result.epochs[gan]));
    if (!has_gradients(record)) continue;
    add_number(nonzero, record.result.nonzero_gradients[gan]);
    add_number(variances, record.result.gradient_variance[gan]);
  }
  cell.total_variation = median(distances);  // which are sorted now
  cell.total_variation_05 = quantile(distances, .05);
  cell.total_variation_95 = quantile(distances, .95);
  cell.epochs = median(epochs);
  cell.nonzero_gradients = median(nonzero);
  cell.gradient_variance = median(variances);
  return cell;
}

cell_members::cell_members(const std::vector<std::uint64_t>& place, std::size_t cells) : first_(cells + 1) {
  for (const std::uint64_t cell : place)
    if (cell < cells) ++first_[cell + 1];
  for (std::size_t cell = 0; cell < cells; ++cell) first_[cell + 1] += first_[cell];
  gans_.resize(first_.back());
  std::vector<std::size_t> next(first_.begin(), first_.end() - 1);
  for (std::size_t gan = 0; gan < place.size(); ++gan)
    if (place[gan] < cells) gans_[next[place[gan]]++] = static_cast<std::uint32_t>(gan);
}

}  // namespace gumbelcuda
