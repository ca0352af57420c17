// SPDX-License-Identifier: Apache-2.0
// Gumbel-max of one row, for a part of it (part.hpp): argmax(logits + g) of scores that are not rounded
// (exact_score.hpp), a sample of softmax(logits). Nearly every quad of classes loses to the best score so far by a wide
// margin, and is skipped (device/gumbel_max.hpp).
#pragma once

#include "gumbelcuda/detail/rows/softmax.hpp"
#include "gumbelcuda/device/gumbel_max.hpp"
#include "gumbelcuda/rows.hpp"

GUMBELCUDA_MATH_BEGIN

// The logits of a part's quads, −inf past the row's end. Copies of part and memory, as first_of_ties() needs them.
template <class V, class Part, class Memory>
struct row_logits {
  Part part;
  Memory memory;

  GUMBELCUDA_INLINE void operator()(std::int64_t n, V* x) const { memory.read(part.quad(n), V(-INFINITY), x); }
};

// After round n: the last of the rounds that follow in which no quad of the parts nearby can win; n if there are none.
// A part with whole_rounds() looks at two rounds at a time, of those in which no quad ends past the row. What such a
// loop computes once for both, its loads in flight, and that nothing else is in it make it much faster than one that
// can enter a quad.
template <class V, class Part, class Logits, class Score, class Best>
GUMBELCUDA_INLINE auto last_of_losing_pairs(decltype(std::declval<Part>().rounds()) n, const Part& part,
                                            const row_noise& noise, const Logits& logits, const Score& score,
                                            const Best& so_far) {
  if constexpr (requires { part.whole_rounds(logits.memory.whole_quads()); }) {
    GUMBELCUDA_ROLLED
    for (; n + 2 < part.whole_rounds(logits.memory.whole_quads()); n += 2) {
      const std::uint64_t quads[2] = {part.quad(n + 1), part.quad(n + 1) + Part::quads_of_round};
      const float best = so_far.latest();
      V x[2][quad_size];
      bool all = true;
      GUMBELCUDA_UNROLL
      for (int i = 0; i < 2; ++i) logits.memory.read_whole(quads[i], x[i]);
      GUMBELCUDA_UNROLL
      for (int i = 0; i < 2; ++i) {
        GUMBELCUDA_UNROLL
        for (int j = 0; j < quad_size; ++j) x[i][j] = score.of_logit(x[i][j]);
        all = all & all_below(x[i], losing_below(best, noise.words(quads[i]), score.noise()));
      }
      if (part.any_nearby(!all)) break;
    }
  }
  return n;
}

// The largest score of a row, rounded, and the lowest class that has it. logits(n, x) gives this part's quad n, −inf
// past the row's end. The slack of device/gumbel_max.hpp still suffices for other scores: a factor of the noise makes
// the errors smaller, and rounding logit·scale brings no product above the bound. If `gumbel` is not null, it receives
// the noise of that class; −inf in parts that do not have the class.
template <class V, class Part, class Logits, class Score>
GUMBELCUDA_INLINE best_class<V> largest_score(const Part& part, const row_noise& noise, Logits logits,
                                              const Score& score, V* gumbel = nullptr) {
  best_class<V> best;
  auto so_far = part.best_so_far();
  GUMBELCUDA_ROLLED
  for (decltype(part.rounds()) n = 0; n < part.rounds(); ++n) {
    V x[quad_size], of_logits[quad_size];
    logits(n, x);
    const philox_block<std::uint32_t> words = noise.words(part.quad(n));
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) of_logits[j] = score.of_logit(x[j]);
    const bool enters = !all_below(of_logits, losing_below(so_far.latest(), words, score.noise())) && part.has(n);
    if (part.any_nearby(enters)) {
      if (enters) enter_quad(best, noise, part.quad(n), words, x, score, gumbel);
      so_far.raise(float(best.score));
    }
    n = last_of_losing_pairs<V>(n, part, noise, logits, score, so_far);
  }
  const V top = part.max(best.score);
  const bool has_top = best.score == top && top > V(-INFINITY);
  best.index = part.min(has_top ? best.index : no_class);
  if (gumbel && !has_top) *gumbel = V(-INFINITY);
  best.score = top;
  // One sum answers two questions: how many classes have the score, and whether any part found a logit not finite.
  constexpr std::uint64_t one_not_finite = std::uint64_t{1} << 32;
  const std::uint64_t seen = part.sum((best.not_finite ? one_not_finite : 0) + (has_top ? best.tied ? 2 : 1 : 0));
  best.not_finite = seen >= one_not_finite;
  best.tied = seen % one_not_finite > 1;
  return best;
}

// The class of the largest score. With the scores of scaled_score, a sample of softmax(logits·logit_scale/noise_scale).
template <class V, class Part, class Logits, class Score = plain_score>
GUMBELCUDA_INLINE best_class<scalar_of<V>> gumbel_max_row(const Part& part, const row_noise& noise, Logits logits,
                                                          const Score& score = {}, scalar_of<V>* gumbel = nullptr) {
  best_class<scalar_of<V>> best = largest_score<V>(part, noise, logits, score, gumbel);
  const bool undecided = best.tied && best.score > scalar_of<V>(-INFINITY) && score.noise() > 0;
  if (!part.any_nearby(undecided)) [[likely]]
    return best;
  const std::uint64_t first = first_of_ties<V>(part, best.score, score, [=](std::int64_t n, V* x, V* g) {
    logits(n, x);
    quad_gumbels(noise, part.quad(n), g);
  });
  if (!undecided || first == no_class) return best;  // no class: the scores that tie are +inf
  best.index = first;
  if (gumbel) *gumbel = class_gumbel<scalar_of<V>>(noise, first);
  return best;
}

GUMBELCUDA_MATH_END
