// SPDX-License-Identifier: Apache-2.0
// Finds addresses at which the noise stream has the words that a check needs, however rare. Philox is a bijection
// between counters and blocks, so it can be run backwards: no search is needed for a word that occurs once in 2^32.
#pragma once

#include <optional>
#include <random>

#include "gumbelcuda/device/noise.hpp"
#include "gumbelcuda/rows.hpp"

namespace gumbelcuda {

// odd·inverse = 1 modulo 2^32, by Newton's method: `odd` itself is right in 3 bits, and each step doubles them.
constexpr std::uint32_t inverse_of(std::uint32_t odd) {
  std::uint32_t inverse = odd;
  for (int i = 0; i < 4; ++i) inverse *= 2 - odd * inverse;
  return inverse;
}

// The counter that Philox turns into the block x.
constexpr philox_block<std::uint32_t> counter_of(philox_block<std::uint32_t> x, philox_key key) {
  constexpr std::uint32_t inverse_0 = inverse_of(philox::multiplier_0), inverse_1 = inverse_of(philox::multiplier_1);
  for (int round = philox::rounds; round-- > 0;) {
    const std::uint32_t x0 = x.word[3] * inverse_0, x2 = x.word[1] * inverse_1;
    x = {{x0, x.word[0] ^ multiply_wide(x2, philox::multiplier_1).high ^ key.round_0(round), x2,
          x.word[2] ^ multiply_wide(x0, philox::multiplier_0).high ^ key.round_1(round)}};
  }
  return x;
}

// Where a quad of classes has these words; none if the block lies past the stream's 2^64 words.
constexpr std::optional<noise_address> address_of(std::uint64_t seed, const philox_block<std::uint32_t>& words) {
  const auto counter = counter_of(words, philox_key(seed));
  const std::uint64_t block = std::uint64_t{counter.word[1]} << 32 | counter.word[0];
  const std::uint64_t row = std::uint64_t{counter.word[3]} << 32 | counter.word[2];
  if (block >> 62 != 0) return std::nullopt;
  return noise_address{seed, row, quad_size * block};
}

// Where a quad begins with these words, at most three. The other words are random and determine the address.
inline noise_address address_with(std::uint64_t seed, const std::uint32_t* words, int count, std::mt19937_64& random) {
  for (;;) {
    philox_block<std::uint32_t> block{};
    for (int j = 0; j < quad_size; ++j) block.word[j] = j < count ? words[j] : std::uint32_t(random() >> 32);
    if (const auto address = address_of(seed, block)) return *address;
  }
}

// The words that extend those of the quad at `address` (device/noise.hpp).
inline philox_block<std::uint32_t> extensions_at(const noise_address& address) {
  return row_noise{{address.seed, address.first_row}, address.offset / quad_size}.extensions(0);
}

}  // namespace gumbelcuda
