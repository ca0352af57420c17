// SPDX-License-Identifier: Apache-2.0
// Drawing a class: the Gumbel-max trick from logits, and by thresholds on the raw word from given
// probabilities (the GAN's real samples).
#pragma once

#include "gumbelcuda/math/gumbel.hpp"
#include "gumbelcuda/math/lane.hpp"

GUMBELCUDA_MATH_BEGIN

// argmax_k(logits_k + g_k), the lowest index on ties: a sample of softmax(logits). Gumbel (1954); Maddison,
// Tarlow, Minka, arXiv:1411.0030. The index comes as a number of the lane type, in [0, count), or −1 for a
// row with a NaN or without a class above −inf. −inf logits are never drawn.
template <class V, class Count>
GUMBELCUDA_INLINE V gumbel_max(const V* logits, const word_of<V>* words, int stride, Count count) {
  V best = V(scalar_of<V>(-INFINITY)), index = V(-1);
  auto broken = logits[0] != logits[0];
  GUMBELCUDA_UNROLL
  for (int k = 0; k < count; ++k) {
    const V z = logits[k] + gumbel<V>(words[k * stride]);
    const auto better = z > best;
    index = select(better, V(scalar_of<V>(k)), index);
    best = select(better, z, best);
    broken = broken | (logits[k] != logits[k]);
  }
  return select(broken, V(-1), index);
}

GUMBELCUDA_MATH_END
