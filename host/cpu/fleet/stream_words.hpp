// SPDX-License-Identifier: Apache-2.0
// The random words of one row in their order; blocks lie side by side in the elements of a vector.
#pragma once

#include "gumbelcuda/detail/simd.hpp"

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

  // From the lower halves of block numbers, x[i].word[0], to their blocks: all of them round by round, so that their
  // chains of dependent multiplications overlap.
  template <int N>
  GUMBELCUDA_INLINE void operator()(philox_block<W> (&x)[N]) const {
    for (int i = 0; i < N; ++i) x[i] = after_two_rounds(x[i].word[0]);
    remaining_rounds<2>(x);
  }

 private:
  GUMBELCUDA_INLINE philox_block<W> after_two_rounds(W block_low) const {
    const word_product<W> p0 = multiply_wide(block_low, philox::multiplier_0);
    const word_product<W> p1 = multiply_wide(p0.high ^ W(before_1_), philox::multiplier_1);
    return {{p1.high ^ W(x0_), p1.low, p0.low ^ W(x2_), W(x3_)}};
  }
  // By recursion: GCC would leave the loop as it is, with its keys to be spread over vectors in each round.
  template <int Round, int N>
  GUMBELCUDA_INLINE void remaining_rounds(philox_block<W> (&x)[N]) const {
    for (int i = 0; i < N; ++i) x[i] = philox_round(x[i], key_, Round);
    if constexpr (Round + 1 < philox::rounds) remaining_rounds<Round + 1>(x);
  }

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
[[gnu::noinline]] inline void write_words_with_carry(stream_row stream, std::uint64_t first, std::uint32_t* out) {
  const auto first_low = hn::Set(word_tag(), std::uint32_t(first));
  const auto low = hn::Add(first_low, block_of_element());
  const auto high = hn::IfThenElse(hn::Lt(low, first_low), hn::Set(word_tag(), std::uint32_t(first >> 32) + 1),
                                   hn::Set(word_tag(), std::uint32_t(first >> 32)));
  const philox_block<wide_word> counter{{wide_word(low), wide_word(high), wide_word(std::uint32_t(stream.row)),
                                         wide_word(std::uint32_t(stream.row >> 32))}};
  store_in_order(philox4x32_10(counter, philox_key(stream.seed)), out);
}

// Writes the words of Vectors·vector_width blocks of the row from `first` on, four per block. In a loop, `stream`
// should be a local copy: the compiler then knows that `out` leaves it alone, and makes vectors of its keys once. Three
// vectors keep the multipliers busy, and on 16 registers few numbers have to go through memory.
inline constexpr int most_vectors_at_a_time = 3;
template <int Vectors>
GUMBELCUDA_INLINE void write_words(const stream_row& stream, std::uint64_t first, std::uint32_t* out) {
  if (std::uint32_t(first) > std::uint32_t(-Vectors * vector_width)) {
    for (int i = 0; i < Vectors; ++i)
      write_words_with_carry(stream, first + std::uint64_t(i * vector_width), out + i * words_at_a_time);
    return;
  }
  if constexpr (Vectors == 1) {  // whole: both halves of one vector share each key
    philox_block<wide_word> x[1];
    x[0].word[0] = wide_word(hn::Add(hn::Set(word_tag(), std::uint32_t(first)), block_of_element()));
    block_stream<wide_word>(stream, std::uint32_t(first >> 32))(x);
    return store_in_order(x[0], out);
  }
  const block_stream<wide_half> blocks(stream, std::uint32_t(first >> 32));
  philox_block<wide_half> x[std::size_t(2 * Vectors)];
  for (int i = 0; i < Vectors; ++i) {
    const wide_word numbers(
        hn::Add(hn::Set(word_tag(), std::uint32_t(first) + std::uint32_t(i * vector_width)), block_of_element()));
    x[2 * i].word[0] = numbers.even;
    x[2 * i + 1].word[0] = numbers.odd;
  }
  blocks(x);
  for (int i = 0; i < Vectors; ++i) {
    const auto both = [&](int j) { return wide_word(x[2 * i].word[j].v, x[2 * i + 1].word[j].v); };
    store_in_order({{both(0), both(1), both(2), both(3)}}, out + i * words_at_a_time);
  }
}
// The same for any number of vectors.
GUMBELCUDA_INLINE void write_words(const stream_row& of_row, std::uint64_t first, int vectors, std::uint32_t* out) {
  const stream_row stream = of_row;
  int done = 0;
  for (; done + most_vectors_at_a_time <= vectors; done += most_vectors_at_a_time)
    write_words<most_vectors_at_a_time>(stream, first + std::uint64_t(done * vector_width),
                                        out + done * words_at_a_time);
  for (; done < vectors; ++done)
    write_words<1>(stream, first + std::uint64_t(done * vector_width), out + done * words_at_a_time);
}

GUMBELCUDA_MATH_END
