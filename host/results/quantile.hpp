// SPDX-License-Identifier: Apache-2.0
// Quantiles of sorted numbers, the same for fleets, sweeps and their pages.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>

namespace gumbelcuda {

// Linear between the two neighbours (NumPy's default); NaN if there are no numbers. `sorted` may be on a device.
template <class Array>
double quantile(const Array& sorted, double fraction) {
  if (sorted.empty()) return std::numeric_limits<double>::quiet_NaN();
  const double position = fraction * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  const typename Array::value_type low = sorted[below], high = sorted[above];
  return double(low) + (position - static_cast<double>(below)) * (double(high) - double(low));
}

}  // namespace gumbelcuda
