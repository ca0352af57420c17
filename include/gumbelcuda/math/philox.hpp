// SPDX-License-Identifier: Apache-2.0
// Philox4x32-10, the counter-based generator of every random word of this library, and the noise stream, version 1.
// Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3 (SC11).
//
// Word i of stream (seed, row): counter = (⌊i/4⌋ low, ⌊i/4⌋ high, row low, row high), key = seed (low, high), output i
// mod 4. It is what cuRAND gives for curand_init(seed, row, i). docs/noise-stream.md
//
// Words are of a lane type W too: uint32_t, or a vector of them. W needs ^, conversion from uint32_t and
// multiply_wide(). Four words at a time make a block.
#pragma once

#include <cstdint>
#include <type_traits>

#include "gumbelcuda/config.hpp"

GUMBELCUDA_MATH_BEGIN

template <class W>
struct philox_block {
  W word[4];
};

// block.word[lane] for a `lane` that is known only at run time, without an array that would have to lie in memory.
template <class W>
GUMBELCUDA_INLINE constexpr W word_at(const philox_block<W>& block, int lane) {
  const W even = lane & 2 ? block.word[2] : block.word[0], odd = lane & 2 ? block.word[3] : block.word[1];
  return lane & 1 ? odd : even;
}

template <class W>
struct word_product {
  W high, low;
};

namespace philox {
inline constexpr std::uint32_t multiplier_0 = 0xD2511F53u, multiplier_1 = 0xCD9E8D57u;
// The golden ratio and √3 − 1, as Weyl increments of the key.
inline constexpr std::uint32_t weyl_0 = 0x9E3779B9u, weyl_1 = 0xBB67AE85u;
inline constexpr int rounds = 10;
}  // namespace philox

// The 64-bit product of two 32-bit words, in halves.
GUMBELCUDA_INLINE constexpr word_product<std::uint32_t> multiply_wide(std::uint32_t a, std::uint32_t b) {
  const std::uint64_t product = std::uint64_t{a} * b;
  return {GUMBELCUDA_HIGH_PRODUCT(a, b, std::uint32_t(product >> 32)), std::uint32_t(product)};
}

struct philox_key {
  std::uint32_t low, high;
  GUMBELCUDA_HD constexpr explicit philox_key(std::uint64_t seed)
      : low(std::uint32_t(seed)), high(std::uint32_t(seed >> 32)) {}
  GUMBELCUDA_HD constexpr std::uint32_t round_0(int round) const { return low + std::uint32_t(round) * philox::weyl_0; }
  GUMBELCUDA_HD constexpr std::uint32_t round_1(int round) const {
    return high + std::uint32_t(round) * philox::weyl_1;
  }
};

// Keys that differ from lane to lane, those of all rounds computed once.
template <class W>
struct philox_keys {
  W low[philox::rounds], high[philox::rounds];
  GUMBELCUDA_INLINE philox_keys(W first_low, W first_high) {
    for (int round = 0; round < philox::rounds; ++round) {
      low[round] = first_low + W(std::uint32_t(round) * philox::weyl_0);
      high[round] = first_high + W(std::uint32_t(round) * philox::weyl_1);
    }
  }
  GUMBELCUDA_INLINE W round_0(int round) const { return low[round]; }
  GUMBELCUDA_INLINE W round_1(int round) const { return high[round]; }
};

// A number of all lanes, mixed with a key of all of them, or of each.
template <class W>
GUMBELCUDA_INLINE constexpr W mixed_with_key(std::uint32_t number, std::uint32_t key) {
  return W(number ^ key);
}
template <class W>
requires(!std::is_same_v<W, std::uint32_t>) GUMBELCUDA_INLINE constexpr W mixed_with_key(std::uint32_t number, W key) {
  return W(number) ^ key;
}

// Key: philox_key, or philox_keys<W>.
template <class W, class Key>
GUMBELCUDA_INLINE constexpr philox_block<W> philox_round(philox_block<W> x, const Key& key, int round) {
  const word_product<W> p0 = multiply_wide(x.word[0], philox::multiplier_0);
  const word_product<W> p1 = multiply_wide(x.word[2], philox::multiplier_1);
  return {
      {p1.high ^ (x.word[1] ^ W(key.round_0(round))), p1.low, p0.high ^ (x.word[3] ^ W(key.round_1(round))), p0.low}};
}

// Rounds `first` … 9 of x. With first = 0 and x the counter, it is the whole generator.
template <class W, class Key>
GUMBELCUDA_INLINE constexpr philox_block<W> philox4x32_10(philox_block<W> x, const Key& key, int first = 0) {
  GUMBELCUDA_UNROLL
  for (int round = first; round < philox::rounds; ++round) x = philox_round(x, key, round);
  return x;
}

// The blocks of one row, by the definition of the stream.
struct stream_row {
  std::uint64_t seed, row;
  GUMBELCUDA_INLINE constexpr philox_block<std::uint32_t> operator()(std::uint64_t block) const {
    return philox4x32_10(philox_block<std::uint32_t>{{std::uint32_t(block), std::uint32_t(block >> 32),
                                                      std::uint32_t(row), std::uint32_t(row >> 32)}},
                         philox_key(seed));
  }
};

// The blocks of one row, for any number of rows side by side (W = rows), all with the same block number. Of the first
// two rounds only two exclusive-ors depend on both row and block. The rest is done here once per row, or on plain
// integers once per block. The bits are those of philox4x32_10.
template <class W, class Key = philox_key>
class row_stream {
 public:
  // `block_high`: the upper half of the block numbers that will be requested.
  GUMBELCUDA_INLINE row_stream(const Key& key, W row_low, W row_high, std::uint32_t block_high) : key_(key) {
    const word_product<W> p1 = multiply_wide(row_low, philox::multiplier_1);
    const W x0 = p1.high ^ mixed_with_key<W>(block_high, key_.round_0(0));
    const word_product<W> p0 = multiply_wide(x0, philox::multiplier_0);
    from_row_0_ = p1.low;
    from_row_2_ = p0.high;
    low_3_ = p0.low;
    row_high_ = row_high;
  }

  GUMBELCUDA_INLINE philox_block<W> operator()(std::uint32_t block_low) const {
    const word_product<std::uint32_t> p0 = multiply_wide(block_low, philox::multiplier_0);
    const W x2 = row_high_ ^ mixed_with_key<W>(p0.high, key_.round_1(0));
    const word_product<W> p1 = multiply_wide(x2, philox::multiplier_1);
    philox_block<W> x{{p1.high ^ (from_row_0_ ^ W(key_.round_0(1))), p1.low,
                       from_row_2_ ^ mixed_with_key<W>(p0.low, key_.round_1(1)), low_3_}};
    return philox4x32_10(x, key_, 2);
  }

 private:
  Key key_;
  W from_row_0_, from_row_2_, low_3_, row_high_;
};

GUMBELCUDA_MATH_END
