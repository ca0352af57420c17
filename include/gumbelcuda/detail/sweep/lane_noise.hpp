// SPDX-License-Identifier: Apache-2.0
// The noise of GANs that train side by side, each with its row and, if they differ, its seed.
#pragma once

#include "gumbelcuda/math/philox.hpp"
#ifdef GUMBELCUDA_VECTORS
#include "gumbelcuda/detail/row_blocks.hpp"
#endif

GUMBELCUDA_MATH_BEGIN

// One GAN's.
struct scalar_noise {
  stream_row row;
  // Writes the words of `count` blocks from `first` on, four per block.
  GUMBELCUDA_INLINE void write(std::uint64_t first, int count, std::uint32_t* out) const {
    for (int i = 0; i < count; ++i) {
      const philox_block<std::uint32_t> x = row(first + std::uint64_t(i));
      for (int j = 0; j < 4; ++j) out[4 * i + j] = x.word[j];
    }
  }
};

#ifdef GUMBELCUDA_VECTORS

class vector_noise {
 public:
  // seeds, rows: [simd_width].
  vector_noise(const std::uint64_t* seeds, const std::uint64_t* rows) : shared_(seeds[0], low(rows), high(rows)) {
    row_low_ = low(rows);
    row_high_ = high(rows);
    key_low_ = low(seeds);
    key_high_ = high(seeds);
    for (int i = 1; i < simd_width; ++i) same_seed_ = same_seed_ && seeds[i] == seeds[0];
  }

  [[gnu::noinline]] void write(std::uint64_t first, int count, simd_word* out) {
    if (same_seed_) return shared_.write(first, count, out);
    for (int v = 0; v < simd_word::vectors; ++v) {
      const wide_word row_low(row_low_.v[v]), row_high(row_high_.v[v]);
      const philox_keys<wide_word> key{wide_word(key_low_.v[v]), wide_word(key_high_.v[v])};
      for (int i = 0; i < count; ++i) {
        const std::uint64_t block = first + std::uint64_t(i);
        const philox_block<wide_word> x =
            philox4x32_10(philox_block<wide_word>{{wide_word(std::uint32_t(block)),
                                                   wide_word(std::uint32_t(block >> 32)), row_low, row_high}},
                          key);
        for (int j = 0; j < 4; ++j) out[4 * i + j].v[v] = narrow(x.word[j]);
      }
    }
  }

 private:
  static simd_word low(const std::uint64_t* numbers) { return halves(numbers, 0); }
  static simd_word high(const std::uint64_t* numbers) { return halves(numbers, 32); }
  static simd_word halves(const std::uint64_t* numbers, int shift) {
    alignas(64) std::uint32_t half[simd_width];
    for (int i = 0; i < simd_width; ++i) half[i] = std::uint32_t(numbers[i] >> shift);
    return simd_word::load(half);
  }

  row_blocks shared_;
  simd_word row_low_, row_high_, key_low_, key_high_;
  bool same_seed_ = true;
};

#endif

GUMBELCUDA_MATH_END
