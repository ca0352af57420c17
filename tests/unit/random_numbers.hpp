// SPDX-License-Identifier: Apache-2.0
// Pseudo-random inputs for tests. The standard fixes the output of its generators but not that of its distributions, so
// words are turned into reals here.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

class random_numbers {
 public:
  explicit random_numbers(std::uint64_t seed) : engine_(seed) {}
  double uniform(double low, double high) { return low + (high - low) * (double(engine_() >> 11) * 0x1p-53); }
  std::uint32_t word() { return std::uint32_t(engine_() >> 32); }
  std::uint64_t wide_word() { return engine_(); }
  std::vector<float> floats(std::size_t count, double low, double high) {
    std::vector<float> x(count);
    for (float& value : x) value = float(uniform(low, high));
    return x;
  }
  std::vector<std::uint32_t> words(std::size_t count) {
    std::vector<std::uint32_t> x(count);
    for (auto& value : x) value = word();
    return x;
  }

 private:
  std::mt19937_64 engine_;
};
