// SPDX-License-Identifier: Apache-2.0
// Random words of one row in their order, blocks side by side in the elements of a vector.
#pragma once

#include "host/cpu/simd.hpp"

GUMBELCUDA_MATH_BEGIN

inline constexpr int words_at_a_time = 4 * vector_width;

// The words of vector_width blocks of the row from `first` on, four a block.
GUMBELCUDA_INLINE void write_words(const stream_row& stream, std::uint64_t first, std::uint32_t* out) {
  const auto first_low = hn::Set(word_tag(), std::uint32_t(first));
  const auto low = hn::Add(first_low, hn::Iota(word_tag(), 0));
  const auto high = hn::IfThenElse(hn::Lt(low, first_low), hn::Set(word_tag(), std::uint32_t(first >> 32) + 1),
                                   hn::Set(word_tag(), std::uint32_t(first >> 32)));
  const philox_block<wide_word> counter{{wide_word(low), wide_word(high), wide_word(std::uint32_t(stream.row)),
                                         wide_word(std::uint32_t(stream.row >> 32))}};
  const philox_block<wide_word> x = philox4x32_10(counter, philox_key(stream.seed));
  hn::StoreInterleaved4(narrow(x.word[0]), narrow(x.word[1]), narrow(x.word[2]), narrow(x.word[3]), word_tag(), out);
}

GUMBELCUDA_MATH_END
