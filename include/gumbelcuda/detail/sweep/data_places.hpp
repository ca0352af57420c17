// SPDX-License-Identifier: Apache-2.0
// Which datum a GAN's real sample is, if it learns from data: data_order in gumbelcuda/sweep.hpp.
#pragma once

#include <cstdint>

#include "gumbelcuda/math/philox.hpp"

GUMBELCUDA_MATH_BEGIN

// ⌊x·count/2³²⌋: a place that a word chooses.
GUMBELCUDA_INLINE std::uint64_t chosen_place(std::uint32_t word, std::uint64_t count) {
  return (std::uint64_t{word} * count) >> 32;  // count ≤ 2^31
}

// A permutation of 0 … count − 1 by a Feistel network of four rounds over the smallest even number of bits that holds
// them; what falls beyond `count` goes through it again. Luby, Rackoff (SIAM J. Comput. 17, 1988); Black, Rogaway
// (CT-RSA 2002), section 3. keys: four words.
GUMBELCUDA_INLINE std::uint64_t permuted_place(std::uint64_t place, std::uint64_t count, const std::uint32_t* keys) {
  int half_bits = 1;
  while ((std::uint64_t{1} << (2 * half_bits)) < count) ++half_bits;
  const std::uint32_t mask = std::uint32_t((std::uint64_t{1} << half_bits) - 1);
  do {
    std::uint32_t left = std::uint32_t(place >> half_bits), right = std::uint32_t(place) & mask;
    for (int round = 0; round < 4; ++round) {
      std::uint32_t mixed = (right ^ keys[round]) * philox::multiplier_0;
      mixed = (mixed ^ (mixed >> 15)) * philox::multiplier_1;
      const std::uint32_t next = left ^ ((mixed ^ (mixed >> 16)) & mask);
      left = right;
      right = next;
    }
    place = (std::uint64_t{left} << half_bits) | right;
  } while (place >= count);
  return place;
}

GUMBELCUDA_MATH_END
