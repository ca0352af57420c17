// SPDX-License-Identifier: Apache-2.0
// The noise of a row of classes. Class k takes word `offset` + k of the row's stream, so a quad, four neighbouring
// classes, shares one block. docs/noise-stream.md
//
// With 32 bits g would end at 22.9. So a word below tail_words, one in a million, is extended by 32 further bits: it
// stands for v = (x + (extension + ½)·2^-32)·2^-32. That is still inside the word's own cell, so order is kept, and g
// goes to 45.
#pragma once

#include "gumbelcuda/math/gumbel.hpp"
#include "gumbelcuda/math/philox.hpp"
#include "gumbelcuda/rows.hpp"

GUMBELCUDA_MATH_BEGIN

inline constexpr int quad_size = 4;  // classes per block of noise
inline constexpr std::uint32_t tail_words = 4096;
// The extension of a word stands at the same place in the block this much further on. No word of the stream is there:
// 2^64 words need only the first 2^62 blocks.
inline constexpr std::uint64_t extension_blocks = std::uint64_t{1} << 63;

struct row_noise {
  stream_row stream;
  std::uint64_t first_block;  // offset / 4
  GUMBELCUDA_INLINE philox_block<std::uint32_t> words(std::uint64_t quad) const { return stream(first_block + quad); }
  GUMBELCUDA_INLINE philox_block<std::uint32_t> extensions(std::uint64_t quad) const {
    return stream((first_block + quad) | extension_blocks);
  }
};

// The noise of row `row` of a call.
GUMBELCUDA_INLINE row_noise noise_of_row(const noise_address& noise, std::uint64_t row) {
  std::uint64_t words = noise.offset + (noise.device_offset ? *noise.device_offset : 0);
  if (noise.row_offset) words += noise.row_offset[row];
  // In one piece: with a return for each case GCC makes other code of the loops that use it, some 3 % slower.
  const std::uint64_t* const own_seed = noise.row_seed ? noise.row_seed + row : nullptr;
  return {{own_seed ? *own_seed : noise.seed, noise.first_row + (own_seed ? 0 : row)}, words / quad_size};
}

// Exponential variate of a word below tail_words and its extension: −log(1 − v) by its series, v ≤ 2^-20. Output: from
// 2^-65 on, not decreasing in (word, extension). Relative error: 2e-7 (float), 3e-16 (double).
GUMBELCUDA_INLINE float tail_exponential(std::uint32_t word, std::uint32_t extension, float /*precision*/) {
  const float v = fma(float(word), 0x1p-32f, fma(float(extension), 0x1p-64f, 0x1p-65f));
  return fma(0.5f * v, v, v);
}
GUMBELCUDA_INLINE double tail_exponential(std::uint32_t word, std::uint32_t extension, double /*precision*/) {
  const double v = fma(double(word), 0x1p-32, fma(double(extension), 0x1p-64, 0x1p-65));
  return fma(v * v, fma(v, 1.0 / 3, 0.5), v);
}

GUMBELCUDA_INLINE std::uint32_t lowest_word(const philox_block<std::uint32_t>& words) {
  std::uint32_t lowest = words.word[0];
  GUMBELCUDA_UNROLL
  for (int j = 1; j < quad_size; ++j) lowest = words.word[j] < lowest ? words.word[j] : lowest;
  return lowest;
}
GUMBELCUDA_INLINE bool in_tail(const philox_block<std::uint32_t>& words) { return lowest_word(words) < tail_words; }

// Gumbel variates of a quad. Output: float in [−3.13000, 45.06], double to the same limits. Error: 2.5e-7·max(1, |g|)
// (float). With a `count` that is known only at run time, variates of classes from it on are not computed where that
// saves much: they are any numbers then.
template <int Count, class V>
GUMBELCUDA_INLINE void first_gumbels(const philox_block<std::uint32_t>& words, V* g) {
  GUMBELCUDA_UNROLL
  for (int j = 0; j < quad_size; ++j) g[j] = j < Count ? gumbel<V>(words.word[j]) : V(0);
}
template <class V, class Count = fixed<quad_size>>
GUMBELCUDA_INLINE void quad_gumbels(const row_noise& noise, std::uint64_t quad,
                                    const philox_block<std::uint32_t>& words, V* g, Count count = {}) {
  if (is_fixed<Count> || count > 2)
    first_gumbels<quad_size>(words, g);
  else if (count == 2)
    first_gumbels<2>(words, g);
  else
    first_gumbels<1>(words, g);
  if (!in_tail(words)) return;
  const philox_block<std::uint32_t> extensions = noise.extensions(quad);
  GUMBELCUDA_UNROLL
  for (int j = 0; j < quad_size; ++j)
    if (words.word[j] < tail_words) g[j] = -log(tail_exponential(words.word[j], extensions.word[j], V{}));
}
template <class V, class Count = fixed<quad_size>>
GUMBELCUDA_INLINE void quad_gumbels(const row_noise& noise, std::uint64_t quad, V* g, Count count = {}) {
  quad_gumbels(noise, quad, noise.words(quad), g, count);
}
// The variate of class j of a quad alone, from its word.
template <class V>
GUMBELCUDA_INLINE V class_gumbel(const row_noise& noise, std::uint64_t quad, int j, std::uint32_t word) {
  if (word >= tail_words) return gumbel<V>(word);
  return -log(tail_exponential(word, noise.extensions(quad).word[j], V{}));
}
// The variate of class k of the row.
template <class V>
GUMBELCUDA_INLINE V class_gumbel(const row_noise& noise, std::uint64_t k) {
  V g[quad_size];
  quad_gumbels(noise, k / quad_size, g);
  V own = g[0];
  GUMBELCUDA_UNROLL
  for (int j = 1; j < quad_size; ++j) own = int(k % quad_size) == j ? g[j] : own;
  return own;
}

GUMBELCUDA_MATH_END
