// SPDX-License-Identifier: Apache-2.0
// What every backend needs of a configuration and must compute alike: computed once, on the host, with
// operations that round the same everywhere.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "gumbelcuda/fleet.hpp"
#include "gumbelcuda/math/optimizer.hpp"

namespace gumbelcuda {

struct training_constants {
  std::vector<float> target;
  std::vector<std::uint32_t> real_first_word, real_last_word;  // see real_law
  std::vector<float> adam_corrections;                         // see adam_corrections

  explicit training_constants(const fleet_config& config) {
    // Class k takes the words from round(2^32·Σ_{j<k} p_j) on; sums and rounding in double. The end of the
    // last class that has any probability is 2^32.
    const double words = 4294967296.0;
    std::size_t last = config.target.size() - 1;
    while (config.target[last] == 0) --last;
    double cumulative = 0;
    std::uint64_t begin = 0;
    for (std::size_t k = 0; k < config.target.size(); ++k) {
      target.push_back(float(config.target[k]));
      cumulative += config.target[k];
      const double boundary = std::floor(cumulative * words + 0.5);
      const std::uint64_t end = k >= last || boundary >= words ? std::uint64_t{1} << 32 : std::uint64_t(boundary);
      const bool empty = end <= begin || config.target[k] == 0;
      real_first_word.push_back(empty ? 1 : std::uint32_t(begin));
      real_last_word.push_back(empty ? 0 : std::uint32_t(end - 1));
      if (!empty) begin = end;
    }

    double power_1 = 1, power_2 = 1;
    for (float correction = 0; correction != 1 || adam_corrections.size() < 1000;) {
      power_1 *= adam::beta_1;
      power_2 *= adam::beta_2;
      correction = float(std::sqrt(1 - power_2) / (1 - power_1));
      adam_corrections.push_back(correction);
    }
  }
};

}  // namespace gumbelcuda
