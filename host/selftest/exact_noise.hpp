// SPDX-License-Identifier: Apache-2.0
// The contract of the noise in long double, computed with libm, and what was found when values were compared with it.
// Shares no code with the library.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace exact_noise {

// v = (x + ½)·2^-32, E = −log(1 − v), g = −log E.
inline long double exponential(std::uint32_t x) {
  if (x < 0x80000000u) return -std::log1p(-(x + 0.5L) * 0x1p-32L);
  return -std::log((static_cast<std::uint32_t>(~x) + 0.5L) * 0x1p-32L);
}
inline long double gumbel(std::uint32_t x) { return -std::log(exponential(x)); }

// v = (x + (extension + ½)·2^-32)·2^-32
inline long double extended_gumbel(std::uint32_t x, std::uint32_t extension) {
  return -std::log(-std::log1p(-(x + (extension + 0.5L) * 0x1p-32L) * 0x1p-32L));
}

inline long double gumbel_error(float g, long double exact) {
  return std::abs(g - exact) / std::max(1.0L, std::abs(exact));
}

// What was found about a function's values: the error, the range, and how many words break a promise.
struct finding {
  long double error = 0;
  std::uint32_t at = 0;
  float least = INFINITY, largest = -INFINITY;
  std::uint64_t broken = 0;

  void include(std::uint32_t word, long double e, float value) {
    if (!(e <= error) && !std::isnan(error)) {  // a NaN stays
      error = e;
      at = word;
    }
    least = std::min(least, value);
    largest = std::max(largest, value);
    broken += !std::isfinite(value);
  }
  void include(const finding& other) {
    if (!(other.error <= error) && !std::isnan(error)) {
      error = other.error;
      at = other.at;
    }
    least = std::min(least, other.least);
    largest = std::max(largest, other.largest);
    broken += other.broken;
  }
};

}  // namespace exact_noise
