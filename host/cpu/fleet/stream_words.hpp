// SPDX-License-Identifier: Apache-2.0
// The random words of one row in their order; blocks lie side by side in the elements of a vector.
#pragma once

#include "host/cpu/simd.hpp"

GUMBELCUDA_MATH_BEGIN

inline constexpr int words_at_a_time = 4 * vector_width;

// Blocks of one row, any number of them side by side (W = blocks); the upper half of their number is the same. Half of
// the first two rounds depends on the row alone. Bits equal those of philox4x32_10. row_stream does the same for rows
// side by side.
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

// Interleaving within each four elements of a vector gives blocks in order if element 4·i + j has block j·(width/4) +
// i: nothing then crosses from one four to another.
GUMBELCUDA_INLINE word_vector block_of_element() {
  alignas(64) std::uint32_t block[vector_width];
  for (int i = 0; i < vector_width; ++i) block[i] = std::uint32_t(i % 4 * (vector_width / 4) + i / 4);
  return hn::Load(word_tag(), block);
}
GUMBELCUDA_INLINE void store_in_order(const philox_block<wide_word>& x, std::uint32_t* out) {
  const wide_tag pairs;
  const auto store = [&](int j, hn::Vec<wide_tag> v) {
    hn::StoreU(hn::BitCast(word_tag(), v), word_tag(), out + j * vector_width);
  };
  const auto pair = [&](hn::Vec<wide_tag> a, hn::Vec<wide_tag> b) {
    return hn::BitCast(pairs, hn::OddEven(hn::Shuffle2301(hn::BitCast(word_tag(), b)), hn::BitCast(word_tag(), a)));
  };
  const auto even_01 = pair(x.word[0].even, x.word[1].even), even_23 = pair(x.word[2].even, x.word[3].even),
             odd_01 = pair(x.word[0].odd, x.word[1].odd), odd_23 = pair(x.word[2].odd, x.word[3].odd);
  store(0, hn::InterleaveLower(pairs, even_01, even_23));
  store(1, hn::InterleaveLower(pairs, odd_01, odd_23));
  store(2, hn::InterleaveUpper(pairs, even_01, even_23));
  store(3, hn::InterleaveUpper(pairs, odd_01, odd_23));
}

// For blocks among which the upper half of the number changes.
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

// Two vectors, so that their dependency chains overlap. No arrays: the compiler would leave them in memory.
struct wide_pair {
  wide_word first, second;
  wide_pair() = default;
  GUMBELCUDA_INLINE wide_pair(wide_word a, wide_word b) : first(a), second(b) {}
  GUMBELCUDA_INLINE wide_pair(std::uint32_t x) : first(x), second(first) {}
  friend GUMBELCUDA_INLINE wide_pair operator^(wide_pair a, wide_pair b) {
    return {a.first ^ b.first, a.second ^ b.second};
  }
};
GUMBELCUDA_INLINE word_product<wide_pair> multiply_wide(wide_pair a, std::uint32_t multiplier) {
  const auto first = multiply_wide(a.first, multiplier), second = multiply_wide(a.second, multiplier);
  return {{first.high, second.high}, {first.low, second.low}};
}

GUMBELCUDA_INLINE wide_word block_numbers(std::uint32_t first) {
  return wide_word(hn::Add(hn::Set(word_tag(), first), block_of_element()));
}

// Writes the words of vector_width blocks of the row from `first` on, four per block.
GUMBELCUDA_INLINE void write_words(const stream_row& stream, std::uint64_t first, std::uint32_t* out) {
  if (std::uint32_t(first) > std::uint32_t(-vector_width)) return write_words_with_carry(stream, first, out);
  const block_stream<wide_word> blocks(stream, std::uint32_t(first >> 32));
  store_in_order(blocks(block_numbers(std::uint32_t(first))), out);
}
// The same for twice as many blocks.
GUMBELCUDA_INLINE void write_words_twice(const stream_row& stream, std::uint64_t first, std::uint32_t* out) {
  if (std::uint32_t(first) > std::uint32_t(-2 * vector_width)) {
    write_words_with_carry(stream, first, out);
    return write_words_with_carry(stream, first + vector_width, out + words_at_a_time);
  }
  const block_stream<wide_pair> blocks(stream, std::uint32_t(first >> 32));
  const auto low = std::uint32_t(first);
  const auto [x0, x1, x2, x3] = blocks({block_numbers(low), block_numbers(low + vector_width)}).word;
  store_in_order({{x0.first, x1.first, x2.first, x3.first}}, out);
  store_in_order({{x0.second, x1.second, x2.second, x3.second}}, out + words_at_a_time);
}

GUMBELCUDA_MATH_END
