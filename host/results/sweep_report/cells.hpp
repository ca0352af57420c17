// SPDX-License-Identifier: Apache-2.0
// What the GANs of a cell have in common: counts, medians. A GAN that has diverged counts as such and in no median.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "host/sweep_record.hpp"

namespace gumbelcuda {

inline bool has_diverged(const sweep_record& record, std::size_t gan) {
  const float distance = record.result.total_variation[gan];
  return record.result.outcome[gan] == gan_outcome::diverged || !(distance <= 2);  // or NaN
}

struct sweep_cell {
  std::uint64_t gans = 0, diverged = 0, converged = 0;
  // NaN where all have diverged; the last two also where there are no gradients.
  double total_variation = 0, total_variation_05 = 0, total_variation_95 = 0, epochs = 0;
  double nonzero_gradients = 0, gradient_variance = 0;
};

sweep_cell cell_of(const sweep_record& record, std::span<const std::uint32_t> gans);

// For each of `cells` cells, its GANs in ascending order; place[gan] is a GAN's cell, or at least `cells`: it is in
// none.
class cell_members {
 public:
  cell_members(const std::vector<std::uint64_t>& place, std::size_t cells);
  std::span<const std::uint32_t> operator[](std::size_t cell) const {
    return std::span(gans_).subspan(first_[cell], first_[cell + 1] - first_[cell]);
  }

 private:
  std::vector<std::size_t> first_;
  std::vector<std::uint32_t> gans_;
};

}  // namespace gumbelcuda
