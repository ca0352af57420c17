// SPDX-License-Identifier: Apache-2.0
// The noise of many rows side by side, one in each element of a vector.
#pragma once

#include "gumbelcuda/detail/simd.hpp"
#include "gumbelcuda/math/philox.hpp"

GUMBELCUDA_MATH_BEGIN

// The blocks of one row per element; all elements use the same block number. Key: of each half of a lane.
template <class Key>
class keyed_row_blocks {
 public:
  GUMBELCUDA_INLINE keyed_row_blocks(const Key& low_key, const Key& high_key, simd_word row_low, simd_word row_high)
      : low_key_(low_key),
        high_key_(high_key),
        row_low_(row_low),
        row_high_(row_high),
        low_(low_key, low_half(row_low), low_half(row_high), 0),
        high_(high_key, high_half(row_low), high_half(row_high), 0) {}

  GUMBELCUDA_INLINE philox_block<simd_word> operator()(std::uint64_t block) {
    philox_block<simd_word> x;
    write(block, 1, x.word);
    return x;
  }

  // Writes the words of the `count` blocks from `first` on, four per block. Out of line, like all code that does not
  // depend on the number of classes: inlined, it would take most of the compile time.
  [[gnu::noinline]] void write(std::uint64_t first, int count, simd_word* out) {
    while (count > 0) {
      const auto block_high = std::uint32_t(first >> 32);
      if (block_high != block_high_) {
        block_high_ = block_high;
        low_ = {low_key_, low_half(row_low_), low_half(row_high_), block_high};
        high_ = {high_key_, high_half(row_low_), high_half(row_high_), block_high};
      }
      const std::uint64_t until_carry = (std::uint64_t{1} << 32) - std::uint32_t(first);
      const int run = until_carry < std::uint64_t(count) ? int(until_carry) : count;
      // Half a lane at a time: the registers hold only one half's chains.
      for (int i = 0; i < run; ++i) {
        const philox_block<wide_word> x = low_(std::uint32_t(first) + std::uint32_t(i));
        for (int j = 0; j < 4; ++j) out[4 * i + j].v[0] = narrow(x.word[j]);
      }
      for (int i = 0; i < run; ++i) {
        const philox_block<wide_word> x = high_(std::uint32_t(first) + std::uint32_t(i));
        for (int j = 0; j < 4; ++j) out[4 * i + j].v[1] = narrow(x.word[j]);
      }
      first += std::uint64_t(run);
      count -= run;
      out += 4 * run;
    }
  }

  GUMBELCUDA_INLINE static wide_word low_half(simd_word x) { return wide_word(x.v[0]); }
  GUMBELCUDA_INLINE static wide_word high_half(simd_word x) { return wide_word(x.v[1]); }

 private:
  Key low_key_, high_key_;
  simd_word row_low_, row_high_;
  std::uint32_t block_high_ = 0;
  row_stream<wide_word, Key> low_, high_;
};

// With one seed.
class row_blocks : public keyed_row_blocks<philox_key> {
 public:
  GUMBELCUDA_INLINE row_blocks(std::uint64_t seed, simd_word row_low, simd_word row_high)
      : keyed_row_blocks(philox_key(seed), philox_key(seed), row_low, row_high) {}
};

// With a seed for each element.
class seeded_row_blocks : public keyed_row_blocks<philox_keys<wide_word>> {
  using keys = philox_keys<wide_word>;

 public:
  GUMBELCUDA_INLINE seeded_row_blocks(simd_word seed_low, simd_word seed_high, simd_word row_low, simd_word row_high)
      : keyed_row_blocks(keys(low_half(seed_low), low_half(seed_high)), keys(high_half(seed_low), high_half(seed_high)),
                         row_low, row_high) {}
};

GUMBELCUDA_MATH_END
