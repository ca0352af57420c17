// SPDX-License-Identifier: Apache-2.0
// Drawing a class: from logits by the Gumbel-max trick, and from probabilities by ranges of the raw word (the GAN's
// real samples).
#pragma once

#include <cmath>
#include <cstdint>

#include "gumbelcuda/math/gumbel.hpp"
#include "gumbelcuda/math/lane.hpp"

GUMBELCUDA_MATH_BEGIN

// Word x is class k where first[k] ≤ x ≤ last[k]. A class without words has first 1 and last 0.
struct class_words {
  const std::uint32_t *first, *last;
};

// Divides the 2^32 words among the classes: class k takes those from round(2^32·Σ_{j<k} p_j) on, with sums and rounding
// in double. The last class of nonzero probability takes the rest. Input: probabilities ≥ 0, not all 0. Host only.
inline void share_words(const double* probabilities, int classes, std::uint32_t* first, std::uint32_t* last) {
  const double all = 4294967296.0;
  int last_class = classes - 1;
  while (probabilities[last_class] == 0) --last_class;
  double cumulative = 0;
  std::uint64_t begin = 0;
  for (int k = 0; k < classes; ++k) {
    cumulative += probabilities[k];
    const double boundary = std::floor(cumulative * all + 0.5);
    const std::uint64_t end = k >= last_class || boundary >= all ? std::uint64_t{1} << 32 : std::uint64_t(boundary);
    const bool empty = end <= begin || probabilities[k] == 0;
    first[k] = empty ? 1 : std::uint32_t(begin);
    last[k] = empty ? 0 : std::uint32_t(end - 1);
    if (!empty) begin = end;
  }
}

// argmax_k(logits_k + g_k), the lowest index on ties: a sample of softmax(logits), to the resolution of 32-bit noise.
// That noise ends at g = 22.9, so a class that is e^-22 as likely as the top one is drawn too seldom. Gumbel (1954);
// Maddison, Tarlow, Minka, arXiv:1411.0030. The index is a number of the lane type, in [0, count), or −1 for a row with
// a NaN or without a class above −inf. −inf logits are never drawn. Scores are rounded here: for logits in the
// thousands and more the law is off (docs/numerics.md). The operations on rows do not have this error.
template <class V, class Count>
GUMBELCUDA_INLINE V gumbel_max(const V* logits, const word_of<V>* words, int stride, Count count) {
  V best = V(scalar_of<V>(-INFINITY)), index = V(-1);
  auto numbers = logits[0] == logits[0];
  GUMBELCUDA_UNROLL_ON_GPU
  for (int k = 0; k < count; ++k) {
    const V z = logits[k] + gumbel<V>(words[k * stride]);
    const auto better = z > best;
    index = select(better, V(scalar_of<V>(k)), index);
    best = select(better, z, best);
    numbers = numbers & (logits[k] == logits[k]);
  }
  return select(numbers, index, V(-1));
}

GUMBELCUDA_MATH_END
