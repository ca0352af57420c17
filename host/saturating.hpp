// SPDX-License-Identifier: Apache-2.0
// Arithmetic on requested sizes, which may exceed 64 bits: the largest number then stands for them.
#pragma once

#include <cstdint>
#include <limits>

namespace gumbelcuda {

inline std::uint64_t saturating_product(std::uint64_t a, std::uint64_t b) {
  std::uint64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? std::numeric_limits<std::uint64_t>::max() : product;
}

inline std::uint64_t saturating_sum(std::uint64_t a, std::uint64_t b) {
  std::uint64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<std::uint64_t>::max() : sum;
}

}  // namespace gumbelcuda
