// SPDX-License-Identifier: Apache-2.0
// Random words of one row in their order, blocks side by side in the elements of a vector.
#pragma once

#include "host/cpu/simd.hpp"

GUMBELCUDA_MATH_BEGIN

inline constexpr int words_at_a_time = 4 * vector_width;

// The blocks of one row, any number of them side by side (W = blocks), all with the same upper half of their number.
// Half of the first two rounds depends on the row alone. Bits are those of philox4x32_10; row_stream is the same for
// rows side by side.
template <class W>
class block_stream {
 public:
  GUMBELCUDA_INLINE block_stream(const stream_row& stream, std::uint32_t block_high) : key_(stream.seed) {
    const auto p1 = multiply_wide(std::uint32_t(stream.row), philox::multiplier_1);
    const auto p0 = multiply_wide(p1.high ^ block_high ^ key_.round_0(0), philox::multiplier_0);
    before_1_ = std::uint32_t(stream.row >> 32) ^ key_.round_1(0);
    x0_ = p1.low ^ key_.round_0(1);
    x2_ = p0.high ^ key_.round_1(1);
    x3_ = p0.low;
  }

  GUMBELCUDA_INLINE philox_block<W> operator()(W block_low) const {
    const word_product<W> p0 = multiply_wide(block_low, philox::multiplier_0);
    const word_product<W> p1 = multiply_wide(p0.high ^ W(before_1_), philox::multiplier_1);
    return philox4x32_10(philox_block<W>{{p1.high ^ W(x0_), p1.low, p0.low ^ W(x2_), W(x3_)}}, key_, 2);
  }

 private:
  philox_key key_;
  std::uint32_t before_1_, x0_, x2_, x3_;
};

// Blocks that are interleaved within each four elements of a vector come out in order if element 4·i + j has block
// j·(width/4) + i: nothing then crosses from one four to another.
GUMBELCUDA_INLINE word_vector block_of_element() {
  alignas(64) std::uint32_t block[vector_width];
  for (int i = 0; i < vector_width; ++i) block[i] = std::uint32_t(i % 4 * (vector_width / 4) + i / 4);
  return hn::Load(word_tag(), block);
}
GUMBELCUDA_INLINE void store_in_order(const philox_block<wide_word>& x, std::uint32_t* out) {
  const word_tag words;
  const wide_tag pairs;
  const word_vector x0 = narrow(x.word[0]), x1 = narrow(x.word[1]), x2 = narrow(x.word[2]), x3 = narrow(x.word[3]);
  const auto lower_01 = hn::BitCast(pairs, hn::InterleaveLower(words, x0, x1)),
             upper_01 = hn::BitCast(pairs, hn::InterleaveUpper(words, x0, x1)),
             lower_23 = hn::BitCast(pairs, hn::InterleaveLower(words, x2, x3)),
             upper_23 = hn::BitCast(pairs, hn::InterleaveUpper(words, x2, x3));
  const auto store = [&](int j, hn::Vec<wide_tag> v) {
    hn::StoreU(hn::BitCast(words, v), words, out + j * vector_width);
  };
  store(0, hn::InterleaveLower(pairs, lower_01, lower_23));
  store(1, hn::InterleaveUpper(pairs, lower_01, lower_23));
  store(2, hn::InterleaveLower(pairs, upper_01, upper_23));
  store(3, hn::InterleaveUpper(pairs, upper_01, upper_23));
}

// Where the upper half of the number changes among them.
[[gnu::noinline]] inline void write_words_with_carry(const stream_row& stream, std::uint64_t first,
                                                     std::uint32_t* out) {
  const auto first_low = hn::Set(word_tag(), std::uint32_t(first));
  const auto low = hn::Add(first_low, block_of_element());
  const auto high = hn::IfThenElse(hn::Lt(low, first_low), hn::Set(word_tag(), std::uint32_t(first >> 32) + 1),
                                   hn::Set(word_tag(), std::uint32_t(first >> 32)));
  const philox_block<wide_word> counter{{wide_word(low), wide_word(high), wide_word(std::uint32_t(stream.row)),
                                         wide_word(std::uint32_t(stream.row >> 32))}};
  store_in_order(philox4x32_10(counter, philox_key(stream.seed)), out);
}

// The words of vector_width blocks of the row from `first` on, four a block.
GUMBELCUDA_INLINE void write_words(const stream_row& stream, std::uint64_t first, std::uint32_t* out) {
  if (std::uint32_t(first) > std::uint32_t(-vector_width)) return write_words_with_carry(stream, first, out);
  const block_stream<wide_word> blocks(stream, std::uint32_t(first >> 32));
  const auto numbers = hn::Add(hn::Set(word_tag(), std::uint32_t(first)), block_of_element());
  store_in_order(blocks(wide_word(numbers)), out);
}

GUMBELCUDA_MATH_END
