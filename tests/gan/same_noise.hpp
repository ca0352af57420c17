// SPDX-License-Identifier: Apache-2.0
// The library's noise for the reference GAN: docs/noise-stream.md implemented a second time, in double.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "gumbelcuda/math/philox.hpp"

// Call begin_step() before each step. Then gumbel(k) and real() return the step's noise in the order in which the
// reference requests it: real samples, then fake samples one after another, class by class.
struct same_noise {
  std::uint64_t seed, row;
  std::vector<double> target;
  std::uint64_t batch, generator_steps;
  std::uint64_t step = ~std::uint64_t{0}, reals = 0, gumbels = 0;

  std::uint32_t word(std::uint64_t block, std::uint64_t lane) const {
    return gumbelcuda::stream_row{seed, row}(block).word[lane];
  }
  std::uint64_t classes() const { return target.size(); }
  std::uint64_t first_block() const {
    const std::uint64_t quads = (batch * (1 + generator_steps) + 3) / 4;
    return (classes() + 3) / 4 + step * ((batch + 3) / 4 + quads * classes());
  }
  void begin_step() {
    ++step;
    reals = gumbels = 0;
  }
  double gumbel(std::size_t) {
    const std::uint64_t sample = gumbels / classes(), k = gumbels % classes();
    ++gumbels;
    const std::uint64_t block = first_block() + (batch + 3) / 4 + (sample / 4) * classes() + k;
    return -std::log(-std::log1p(-(word(block, sample % 4) + .5) * 0x1p-32));
  }
  std::size_t real() {
    const double u = word(first_block() + reals / 4, reals % 4) * 0x1p-32;
    ++reals;
    double cumulative = 0;
    for (std::size_t k = 0; k < classes(); ++k)
      if (u < (cumulative += target[k])) return k;
    return classes() - 1;
  }
  std::vector<double> initial_weights() const {
    std::vector<double> weights;
    for (std::uint64_t k = 0; k < classes(); ++k)
      weights.push_back(std::sqrt(6. / double(classes() + 1)) * ((2. * word(k / 4, k % 4) + 1) * 0x1p-32 - 1));
    return weights;
  }
};
