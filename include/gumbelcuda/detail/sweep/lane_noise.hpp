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
  vector_noise(const std::uint64_t* seeds, const std::uint64_t* rows)
      : shared_(seeds[0], low(rows), high(rows)), own_(low(seeds), high(seeds), low(rows), high(rows)) {
    for (int i = 1; i < simd_width; ++i) same_seed_ = same_seed_ && seeds[i] == seeds[0];
  }

  void write(std::uint64_t first, int count, simd_word* out) {
    if (same_seed_)
      shared_.write(first, count, out);
    else
      own_.write(first, count, out);
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
  seeded_row_blocks own_;
  bool same_seed_ = true;
};

#endif

GUMBELCUDA_MATH_END
