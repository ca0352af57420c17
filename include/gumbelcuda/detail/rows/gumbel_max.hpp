// SPDX-License-Identifier: Apache-2.0
// Gumbel-max of one row, for a part of it (part.hpp): argmax(logits + g) of scores that are not rounded
// (exact_score.hpp), a sample of softmax(logits). Nearly every quad of classes loses to the best score so far by a wide
// margin, and is skipped (device/gumbel_max.hpp).
#pragma once

#include "gumbelcuda/detail/rows/softmax.hpp"
#include "gumbelcuda/device/gumbel_max.hpp"
#include "gumbelcuda/rows.hpp"

GUMBELCUDA_MATH_BEGIN

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
    if (!part.any_nearby(enters)) continue;
    if (enters) enter_quad(best, noise, part.quad(n), words, x, score, gumbel);
    so_far.raise(float(best.score));
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
