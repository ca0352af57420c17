// SPDX-License-Identifier: Apache-2.0
// Gumbel-max of one row, for a part of it (part.hpp): argmax(logits + g), of scores that are not rounded
// (exact_score.hpp), which is a sample of softmax(logits). Gumbel (1954); Maddison, Tarlow, Minka, arXiv:1411.0030. The
// deep tail of the noise (noise.hpp) keeps it right for classes that are e^-40 as likely as the top one.
//
// Nearly every quad of classes loses to the best score so far by a wide margin, which its raw words show without a
// logarithm of each: g ≤ −log v for v = x·2^-32, since −log(1 − v) ≥ v. A quad is passed over only where each of its
// logits is below best − (−log v of its smallest word) by the margin, so the result is the definition's, bit by bit.
#pragma once

#include "gumbelcuda/detail/rows/softmax.hpp"
#include "gumbelcuda/rows.hpp"

GUMBELCUDA_MATH_BEGIN

// What has been seen of a row.
template <class V>
struct best_class {
  V score = V(-INFINITY);  // the largest, rounded
  std::uint64_t index = no_class;
  bool not_finite = false;  // a logit is NaN or +inf
  bool tied = false;        // the score has been seen more than once; above −inf `index` is the lowest that has it
};

// Of a row, or part of it, of which this is all that has been seen.
template <class V>
GUMBELCUDA_INLINE row_status status_of(const best_class<V>& best) {
  if (best.not_finite) return row_status::not_finite;
  return best.score > V(-INFINITY) ? row_status::drawn : row_status::nothing_to_draw;
}

// Covers, up to the largest score, the errors of the estimate (2^-12·log 2), of the noise (45·2.5e-7), and the rounding
// of the bound (2^-11) and of the scores (2^-13). Beyond it no quad is passed over.
inline constexpr float race_slack = 0x1p-10f, largest_filtered_score = 4096.0f;

// A logit below this loses to `best` whichever of these words it has. −inf where that cannot be said.
GUMBELCUDA_INLINE float losing_below(float best, const philox_block<std::uint32_t>& words, float noise_scale = 1) {
  std::uint32_t lowest = words.word[0];
  GUMBELCUDA_UNROLL
  for (int j = 1; j < quad_size; ++j) lowest = words.word[j] < lowest ? words.word[j] : lowest;
  const float log_2 = 0x1.62e43p-1f;
  const float largest_gumbel = fma(GUMBELCUDA_LOG2_ESTIMATE(float(lowest)), -log_2, 32 * log_2);
  return abs(best) < largest_filtered_score ? best - noise_scale * largest_gumbel - race_slack : -INFINITY;
}

// Certainly no class of the quad wins. False where a logit is NaN.
template <class V>
GUMBELCUDA_INLINE bool all_below(const V* logits, float bound) {
  bool all = true;
  GUMBELCUDA_UNROLL
  for (int j = 0; j < quad_size; ++j) all = all & (float(logits[j]) < bound);
  return all;
}

template <class V, class Score = plain_score>
GUMBELCUDA_INLINE void enter_quad(best_class<V>& best, const row_noise& noise, std::uint64_t quad,
                                  const philox_block<std::uint32_t>& words, const V* logits, const Score& score = {},
                                  V* gumbel = nullptr) {
  V g[quad_size], z[quad_size];
  quad_gumbels(noise, quad, words, g);
  score(logits, g, z);
  GUMBELCUDA_UNROLL
  for (int j = 0; j < quad_size; ++j) {
    best.not_finite = best.not_finite | !(logits[j] < V(INFINITY));
    if (!(z[j] >= best.score)) continue;
    best.tied = z[j] == best.score;  // quads come in order, so the lowest class has the score
    if (best.tied) continue;
    best.score = z[j];
    best.index = quad * quad_size + std::uint64_t(j);
    if (gumbel) *gumbel = g[j];
  }
}

// The largest score of a row, rounded, and the lowest class that has it. logits(n, x) gives this part's quad n, −inf
// beyond the row's end. A factor of the noise makes what the slack covers only smaller, and rounding logit·scale takes
// no product over the bound. `gumbel`, where it is wanted: the noise of that class, −inf in parts that do not have it.
template <class V, class Part, class Logits, class Score>
GUMBELCUDA_INLINE best_class<V> largest_score(const Part& part, const row_noise& noise, Logits logits,
                                              const Score& score, V* gumbel = nullptr) {
  best_class<V> best;
  V best_nearby = best.score;
  for (std::int64_t n = 0; n < part.quads(); ++n) {
    V x[quad_size] = {};
    philox_block<std::uint32_t> words{};
    bool enters = part.has(n);
    if (enters) {
      logits(n, x);
      words = noise.words(part.quad(n));
      V of_logits[quad_size];
      GUMBELCUDA_UNROLL
      for (int j = 0; j < quad_size; ++j) of_logits[j] = score.of_logit(x[j]);
      enters = !all_below(of_logits, losing_below(float(best_nearby), words, score.noise()));
    }
    if (!part.any_nearby(enters)) continue;
    if (enters) enter_quad(best, noise, part.quad(n), words, x, score, gumbel);
    best_nearby = part.max_nearby(best.score);
  }
  const V top = part.max(best.score);
  const bool has_top = best.score == top && top > V(-INFINITY);
  best.index = part.min(has_top ? best.index : no_class);
  if (gumbel && !has_top) *gumbel = V(-INFINITY);
  best.score = top;
  // One sum for two questions: how many classes have the score, and whether any part found what is not finite.
  constexpr std::uint64_t one_not_finite = std::uint64_t{1} << 32;
  const std::uint64_t seen = part.sum((best.not_finite ? one_not_finite : 0) + (has_top ? best.tied ? 2 : 1 : 0));
  best.not_finite = seen >= one_not_finite;
  best.tied = seen % one_not_finite > 1;
  return best;
}

// The class of the largest score. With the scores of scaled_score a sample of softmax(logits·logit_scale/noise_scale).
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
  if (!undecided || first == no_class) return best;  // no class: it is +inf that is tied
  best.index = first;
  if (gumbel) *gumbel = class_gumbel<scalar_of<V>>(noise, first);
  return best;
}

GUMBELCUDA_MATH_END
