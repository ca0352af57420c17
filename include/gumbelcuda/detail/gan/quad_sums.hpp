// SPDX-License-Identifier: Apache-2.0
// Sums over samples in a GPU thread, which cannot index its registers: the four samples of a quad are computed in code
// of their own, so that words, terms and four slots stay in registers. Long sums take their slots four at a time. A
// quad on the border of two batches is drawn for both. Sums are those of batch_sum, bit for bit.
//
// The slot of a sample is its number in the step modulo the number of slots, where batch_sum takes its number in the
// batch. That turns the slots by a constant, which no total notices: in each halving, slots j and j + half are added,
// and they stay a pair when all slots turn (addition is commutative to the bit, NaN apart).
#pragma once

#include "gumbelcuda/detail/gan/batch_sum.hpp"
#include "gumbelcuda/math/philox.hpp"

GUMBELCUDA_MATH_BEGIN

// Leaves the terms of samples [first, last) of a step in the slots of `sum`, which has as many of them as sums of
// `batch` samples have. block(quad, k): the noise of class k in a quad. terms(words, out): those of the sample with
// words[4·k] for class k.
template <class V, int Width, int Slots, class Classes, class Count, class Blocks, class FirstBlock, class Terms>
GUMBELCUDA_INLINE void sum_quads(batch_sum<V, Width, Slots>& sum, int batch, int first, int last, Classes classes,
                                 Count width, const Blocks& blocks, FirstBlock first_block, Terms terms) {
  const int slots = sum_slots(batch);
  GUMBELCUDA_ROLLED
  for (int slot = 0; slot < slots; slot += 4) {
    V sums[4][std::size_t(Width)];
    GUMBELCUDA_UNROLL
    for (int j = 0; j < 4; ++j) {
      GUMBELCUDA_UNROLL_ON_GPU
      for (int k = 0; k < width; ++k) sums[j][k] = V(0);
    }
    const int quad_of_first = first / 4 * 4;
    GUMBELCUDA_ROLLED
    for (int start = quad_of_first + ((slot - quad_of_first) & (slots - 1)); start < last; start += slots) {
      philox_block<word_of<V>> quad[std::size_t(capacity<Classes>::classes)];
      const std::uint64_t of_quad = first_block(start / 4);
      GUMBELCUDA_UNROLL_ON_GPU
      for (int k = 0; k < classes; ++k) quad[k] = blocks(of_quad + std::uint64_t(k));
      GUMBELCUDA_UNROLL
      for (int j = 0; j < 4; ++j) {
        if (start + j < first || start + j >= last) continue;
        V of_sample[std::size_t(Width)];
        terms(&quad[0].word[j], of_sample);
        GUMBELCUDA_UNROLL_ON_GPU
        for (int k = 0; k < width; ++k) sums[j][k] = sums[j][k] + of_sample[k];
      }
    }
    GUMBELCUDA_UNROLL
    for (int j = 0; j < 4; ++j) {
      GUMBELCUDA_UNROLL_ON_GPU
      for (int k = 0; k < width; ++k) sum.slots[slot + j][k] = sums[j][k];
    }
  }
}

GUMBELCUDA_MATH_END
