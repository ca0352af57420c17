// SPDX-License-Identifier: Apache-2.0
// Races (race.hpp) in a GPU thread: quads are raced class by class and store nothing. The samples that are not
// certainly one-hot wait until 32 samples, or the batch, have raced; the noise of a doubtful sample is drawn again.
#pragma once

#include "gumbelcuda/detail/gan/race.hpp"
#include "gumbelcuda/detail/gan/shape.hpp"
#include "gumbelcuda/math/philox.hpp"

GUMBELCUDA_MATH_BEGIN

inline constexpr int samples_of_a_mask = 32;

// Bits [low, high).
GUMBELCUDA_INLINE std::uint32_t bits_between(int low, int high) {
  const std::uint32_t below_high = high == samples_of_a_mask ? ~0u : (1u << high) - 1;
  return below_high & ~((1u << low) - 1);
}

// Bit j is set if sample j of the quad with this first block may not be one-hot.
template <class V, class Classes, class Blocks>
GUMBELCUDA_INLINE std::uint32_t race_quad(const Blocks& blocks, std::uint64_t first_block, const V* handicaps,
                                          V threshold, Classes classes) {
  race_podium<V> podium[4];
  GUMBELCUDA_UNROLL
  for (int j = 0; j < 4; ++j) podium[j] = {V(INFINITY), V(INFINITY)};
  GUMBELCUDA_UNROLL_ON_GPU
  for (int k = 0; k < classes; ++k) {
    const philox_block<word_of<V>> of_class = blocks(first_block + std::uint64_t(k));
    GUMBELCUDA_UNROLL
    for (int j = 0; j < 4; ++j) podium[j].enter(race_exponential<V>(of_class.word[j]) * handicaps[k]);
  }
  std::uint32_t doubtful = 0;
  GUMBELCUDA_UNROLL
  for (int j = 0; j < 4; ++j) doubtful |= std::uint32_t(!podium[j].is_certain(threshold)) << j;
  return doubtful;
}

// Races samples [first, last) of a step. first_block: see sum_quads. add_doubtful(start, doubtful) is called for those
// of a mask: bit i of `doubtful` is sample start + i.
template <class V, class Classes, class Blocks, class FirstBlock, class AddDoubtful>
GUMBELCUDA_INLINE void race_quads(int first, int last, const V* handicaps, V threshold, Classes classes,
                                  const Blocks& blocks, FirstBlock first_block, AddDoubtful add_doubtful) {
  for (int begin = first; begin < last;) {
    // As many whole quads as fit into one word of bits, from the start of the quad that contains `begin`.
    const int start = begin / 4 * 4, end = last - start < samples_of_a_mask ? last : start + samples_of_a_mask;
    std::uint32_t doubtful = 0;
    for (int sample = start; sample < end; sample += 4)
      doubtful |= race_quad(blocks, first_block(sample / 4), handicaps, threshold, classes) << (sample - start);
    add_doubtful(start, doubtful & bits_between(begin - start, end - start));
    begin = end;
  }
}

// The words of one sample of a quad, drawn again.
template <class V, class Classes, class Blocks, class FirstBlock>
GUMBELCUDA_INLINE void words_of_sample(int sample, word_of<V>* words, Classes classes, const Blocks& blocks,
                                       FirstBlock first_block) {
  const std::uint64_t of_quad = first_block(sample / 4);
  GUMBELCUDA_UNROLL_ON_GPU
  for (int k = 0; k < classes; ++k) words[k] = word_at(blocks(of_quad + std::uint64_t(k)), sample % 4);
}

GUMBELCUDA_MATH_END
