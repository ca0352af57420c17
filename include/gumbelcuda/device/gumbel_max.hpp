// SPDX-License-Identifier: Apache-2.0
// Gumbel-max of logits in registers, a quad of classes at a time: argmax(logits + g) is a sample of softmax(logits).
// Gumbel (1954); Maddison, Tarlow, Minka, arXiv:1411.0030. The deep tail of the noise (device/noise.hpp) keeps it right
// for classes that are e^-40 as likely as the top one.
//
// Nearly every quad of classes loses to the best score so far by a wide margin. Its raw words show that without a
// logarithm for each: g ≤ −log v for v = x·2^-32, since −log(1 − v) ≥ v. A quad is skipped only if each of its logits
// is below best − (−log v of its smallest word) by the margin, so the result is that of the definition, bit for bit.
#pragma once

#include "gumbelcuda/detail/rows/softmax.hpp"
#include "gumbelcuda/device/noise.hpp"
#include "gumbelcuda/rows.hpp"

GUMBELCUDA_MATH_BEGIN

// What has been found so far in a row.
template <class V>
struct best_class {
  V score = V(-INFINITY);  // the largest, rounded
  std::uint64_t index = no_class;
  bool not_finite = false;  // a logit is NaN or +inf
  bool tied = false;        // the score was seen more than once; above −inf `index` is the lowest class that has it
};

// The status of a row, or part of it, of which `best` is all that has been found.
template <class V>
GUMBELCUDA_INLINE row_status status_of(const best_class<V>& best) {
  if (best.not_finite) return row_status::not_finite;
  return best.score > V(-INFINITY) ? row_status::drawn : row_status::nothing_to_draw;
}

// The slack covers, up to the largest score, the errors of the estimate (2^-12·log 2) and of the noise (45·2.5e-7), and
// the rounding of the bound (2^-11) and of the scores (2^-13). Above that score no quad is skipped.
inline constexpr float race_slack = 0x1p-10f, largest_filtered_score = 4096.0f;

// A logit below this bound loses to `best` with any of these words. −inf if that cannot be said.
GUMBELCUDA_INLINE float losing_below(float best, const philox_block<std::uint32_t>& words, float noise_scale = 1) {
  const float log_2 = 0x1.62e43p-1f;
  const float largest_gumbel = fma(GUMBELCUDA_LOG2_ESTIMATE(float(lowest_word(words))), -log_2, 32 * log_2);
  return abs(best) < largest_filtered_score ? best - noise_scale * largest_gumbel - race_slack : -INFINITY;
}

// Whether certainly no class of the quad wins. False if a logit is NaN.
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
    best.tied = z[j] == best.score;  // quads come in order, so the lowest class has the score already
    if (best.tied) continue;
    best.score = z[j];
    best.index = quad * quad_size + std::uint64_t(j);
    if (gumbel) *gumbel = g[j];
  }
}

GUMBELCUDA_MATH_END
