// SPDX-License-Identifier: Apache-2.0
// Gumbel-top-k of one row, for a part of it (part.hpp): the k classes with the largest logits + g in order, which are k
// draws without replacement. Vieira (2014); Kool, van Hoof, Welling, arXiv:1903.06059.
//
// Classes are ranked by their score, not rounded (exact_score.hpp), then by their number, so the result does not depend
// on how it is found. Here the best remaining class is taken k + 1 times from the few of each part that are above a
// common bound; the last one is the threshold κ. If a part is the whole row, host/cpu/rows/top_k_rows.hpp needs a
// single sweep.
#pragma once

#include "gumbelcuda/detail/rows/kl_divergence.hpp"
#include "gumbelcuda/gumbel_top_k.hpp"

GUMBELCUDA_MATH_BEGIN

// The end of a sample of k classes: its last class, and kappa, the rounded score of the first class that is not in it;
// −inf if the row has no further class. The remainder of `last` is needed if kappa equals its score.
template <class V>
struct sample_end {
  row_status status;
  ranked_class<V> last;
  V kappa;
};

// log(1 − exp(−exp x)). Input: any. Output: [−inf, 0]. Error: 4 ulp up to x = 0; above, 4 + 3·e^x ulp, until the result
// is exactly 0 from x = 6.57 on. NaN gives NaN. With e = e^x it is x − e/2 + log(sinh(e/2)/(e/2)). The logarithm is a
// series with the coefficients B_2n/(2n·(2n)!); the first term that is left out is 3e-19 at e = 1.
GUMBELCUDA_INLINE double log_of_exceeding(double x) {
  const double e = exp(x);
  if (x > 0) {
    const double padding = exp(-e);
    if (padding == 0) return 0;
    return padding > 0.25 ? log(1 - padding) : detail::log1p_reduced(-padding, 0.0);
  }
  const double z = e * e;
  double series = -0x1.9131453d55727p-57;
  series = fma(series, z, 0x1.12f948be82970p-51);
  series = fma(series, z, -0x1.7da4e1f79955cp-46);
  series = fma(series, z, 0x1.0d0f870805313p-40);
  series = fma(series, z, -0x1.8355d1db03354p-35);
  series = fma(series, z, 0x1.1eed8eff8d898p-29);
  series = fma(series, z, -0x1.bbd779334ef0bp-24);
  series = fma(series, z, 0x1.71de3a556c734p-18);
  series = fma(series, z, -0x1.6c16c16c16c17p-12);
  series = fma(series, z, 0x1.5555555555555p-5);
  return x + fma(z, series, -0.5 * e);
}

// The classes of a part with a score of `bound` or more. Stores which of up to 32 stretches of the part's quads have
// any, so that they are found again quickly.
template <class V, class Part, class Logits>
class candidates {
 public:
  GUMBELCUDA_INLINE candidates(const Part& part, const row_noise& noise, Logits logits)
      : part_(part), noise_(noise), logits_(logits), stretch_((std::int64_t(part.quads()) + 31) / 32) {}

  // Finds the candidates, and returns how many of them this part has.
  GUMBELCUDA_INLINE std::uint64_t find(V bound) {
    bound_ = bound;
    stretches_ = ~0u;
    std::uint64_t count = 0;
    std::uint32_t found = 0;
    for_each([&](std::int64_t n, const ranked_class<V>&) {
      ++count;
      found |= 1u << (n / stretch_);
    });
    stretches_ = found;
    return count;
  }
  // How many classes of this part could ever be found: those above −inf.
  GUMBELCUDA_INLINE std::uint64_t all() const {
    std::uint64_t count = 0;
    for_each_quad(part_, [&](std::int64_t n) {
      V x[quad_size];
      logits_(n, x);
      GUMBELCUDA_UNROLL
      for (int j = 0; j < quad_size; ++j) count += x[j] > V(-INFINITY) ? 1 : 0;
    });
    return count;
  }
  // The best candidate that `last` precedes; of score −inf if there is none.
  GUMBELCUDA_INLINE ranked_class<V> after(const ranked_class<V>& last) const {
    ranked_class<V> best;
    for_each([&](std::int64_t, const ranked_class<V>& c) {
      if (precedes(last, c) && precedes(c, best)) best = c;
    });
    return best;
  }

 private:
  template <class Body>
  GUMBELCUDA_INLINE void for_each(Body body) const {
    for (std::uint32_t left = stretches_; left != 0; left &= left - 1) {
      const std::int64_t first = std::int64_t(GUMBELCUDA_LOWEST_BIT(left)) * stretch_;
      for (std::int64_t n = first; n < first + stretch_ && n < part_.quads(); ++n)
        if (part_.has(n)) for_each_of_quad(n, body);
    }
  }
  template <class Body>
  GUMBELCUDA_INLINE void for_each_of_quad(std::int64_t n, Body body) const {
    V x[quad_size], g[quad_size], z[quad_size];
    logits_(n, x);
    const philox_block<std::uint32_t> words = noise_.words(part_.quad(n));
    if (all_below(x, losing_below(float(bound_), words))) return;
    quad_gumbels(noise_, part_.quad(n), words, g);
    const plain_score score;
    score(x, g, z);
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j)
      if (z[j] >= bound_ && z[j] > V(-INFINITY))
        body(n, ranked_class<V>{z[j], score.remainder(x[j], g[j], z[j]), part_.quad(n) * quad_size + std::uint64_t(j)});
  }

  const Part& part_;
  row_noise noise_;
  Logits logits_;
  std::int64_t stretch_;
  std::uint32_t stretches_ = 0;
  V bound_ = V(-INFINITY);
};

// Finds more than `k` candidates of the row, but not many more, or all that there are. A bound lower by d gives up to
// e^d times as many, so the depth of the bound is doubled until they are enough, and the interval is halved if they are
// far too many. If a deep bound still has too few, there may be no more: then they are counted.
template <class V, class Part, class Candidates>
GUMBELCUDA_INLINE void find_enough(const Part& part, V top, std::uint64_t k, Candidates& candidates) {
  constexpr int most_sweeps = 16, sweeps_before_counting = 4;
  V low = V(-INFINITY), high = top, depth = V(1);
  for (int sweep = 0;; ++sweep) {
    const V bound = low > V(-INFINITY) ? low + (high - low) / V(2) : top - depth;
    if (sweep == most_sweeps ||
        (sweep == sweeps_before_counting && low == V(-INFINITY) && part.sum(candidates.all()) <= k)) {
      candidates.find(low);
      return;
    }
    const std::uint64_t found = part.sum(candidates.find(bound));
    if (found > k && found / 4 <= k) return;
    (found > k ? low : high) = bound;
    depth = depth + depth;
  }
}

// Every part calls put(rank, class) for the ranks from 0 to k − 1. Classes that the row does not have get index
// no_class and score −inf, or NaN if the row is not drawn from. logits(n, x) gives this part's quad n, −inf past the
// row's end.
template <class V, class Part, class Logits, class Put>
GUMBELCUDA_INLINE sample_end<V> gumbel_top_k_row(const Part& part, const row_noise& noise, std::uint64_t k,
                                                 Logits logits, Put put) {
  const best_class<V> top = largest_score<V>(part, noise, logits, plain_score{});
  sample_end<V> end{status_of(top), {}, V(NAN)};
  if (end.status != row_status::drawn) {
    for (std::uint64_t rank = 0; rank < k; ++rank) put(rank, ranked_class<V>{V(NAN)});
    return end;
  }
  candidates<V, Part, Logits> candidates(part, noise, logits);
  find_enough(part, top.score, k, candidates);
  ranked_class<V> best{V(INFINITY), V(0), 0}, own = best;  // precedes all classes, so every part looks for its best
  for (std::uint64_t rank = 0;; ++rank) {
    if (own.index == best.index && best.index != no_class) own = candidates.after(best);
    best.score = part.max(own.score);
    if (rank == k) {
      end.kappa = best.score;
      return end;
    }
    best.remainder = part.max(own.score == best.score ? own.remainder : V(-INFINITY));
    const bool is_best = own.score == best.score && own.remainder == best.remainder;
    best.index = part.min(is_best ? own.index : no_class);
    put(rank, best);
    end.last = best;
  }
}

// Writes a row's results, or one part's share of them: one rank in every `parts`.
template <class Stored>
class top_k_writer {
 public:
  using V = computed_of<Stored>;

  // For the part that has quad `number`, one of `parts` parts.
  GUMBELCUDA_INLINE top_k_writer(const gumbel_top_k_task& task, std::uint64_t row, std::uint64_t number,
                                 std::uint64_t parts)
      : task_(task), row_(row), number_(number), parts_(parts) {}

  GUMBELCUDA_INLINE void put(std::uint64_t rank, const ranked_class<V>& c) const {
    if (rank % parts_ != number_) return;
    const std::uint64_t at = row_ * task_.k + rank;
    task_.index[at] = std::int64_t(c.index);  // no_class is −1
    if (task_.perturbed) static_cast<V*>(task_.perturbed)[at] = canonical(c.score);
  }

  // Writes what needs the whole sample, after all ranks have been put. `memory` must be open on the logits.
  template <class Memory>
  GUMBELCUDA_INLINE void finish(const sample_end<V>& end, const log_normalizer<V>& all, const Memory& memory) const {
    const bool drawn = end.status == row_status::drawn;
    for (std::uint64_t rank = number_; rank < task_.k && (task_.log_prob || task_.log_inclusion); rank += parts_) {
      const std::uint64_t at = row_ * task_.k + rank;
      const bool exists = task_.index[at] >= 0;
      const V logit = exists ? memory.read_one(std::uint64_t(task_.index[at]), V(0)) : V(-INFINITY);
      if (task_.log_prob) static_cast<V*>(task_.log_prob)[at] = drawn ? all.log_prob(logit) : canonical(V(NAN));
      if (!task_.log_inclusion) continue;
      const double above = exists ? double(logit) - double(end.kappa) : double(INFINITY);
      static_cast<V*>(task_.log_inclusion)[at] = drawn ? V(log_of_exceeding(above)) : canonical(V(NAN));
    }
    if (number_ != 0) return;
    if (task_.kappa) static_cast<V*>(task_.kappa)[row_] = canonical(end.kappa);
    if (task_.status) task_.status[row_] = end.status;
  }

 private:
  const gumbel_top_k_task& task_;
  std::uint64_t row_, number_, parts_;
};

template <class Stored, class Part>
GUMBELCUDA_INLINE void run_row(const gumbel_top_k_task& task, std::uint64_t row, const Part& part,
                               computed_of<Stored>* slots) {
  using V = computed_of<Stored>;
  direct_memory<Stored> memory(task.classes);
  memory.open(task.logits, row);
  const auto logits = [&](std::int64_t n, V* x) { memory.read(part.quad(n), V(-INFINITY), x); };
  log_normalizer<V> all{};
  if (task.log_prob) all = normalize_row<V>(part, slots, logits);
  // Only parts that have a quad take part; each is numbered by its first quad.
  const std::uint64_t apart = part.quad(1) - part.quad(0), quads = (task.classes + quad_size - 1) / quad_size;
  const std::uint64_t number = part.has(0) ? part.quad(0) : no_class;
  const top_k_writer<Stored> to(task, row, number, apart < quads ? apart : quads);
  const auto end = gumbel_top_k_row<V>(part, noise_of_row(part, task.noise, row), task.k, logits,
                                       [&](std::uint64_t rank, const ranked_class<V>& c) { to.put(rank, c); });
  if (number != no_class) to.finish(end, all, memory);
}

GUMBELCUDA_MATH_END
