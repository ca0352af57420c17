// SPDX-License-Identifier: Apache-2.0
// KL divergence between two categorical distributions that are described by logits, for a part of a row (part.hpp).
//
// With d_k = log p_k − log q_k it is Σ p_k·d_k. Where p and q nearly agree, these terms cancel, and what is left are
// the errors of the normalisers. Both distributions add up to 1, so the divergence is also the sum of
//
//   p_k·d_k + q_k − p_k = p_k·(exp(−d_k) − 1 + d_k)
//
// None of these terms is negative, and an error e that all d share changes the sum by only e²/2.
#pragma once

#include "gumbelcuda/detail/rows/gumbel.hpp"
#include "gumbelcuda/kl_divergence.hpp"

GUMBELCUDA_MATH_BEGIN

// logits(n, x) gives this part's quad n, −inf past the row's end. The result is all NaN for a row that is no
// distribution.
template <class V, class Part, class Logits>
GUMBELCUDA_INLINE log_normalizer<scalar_of<V>> normalize_row(const Part& part, V* slots, Logits logits) {
  return log_normalizer<scalar_of<V>>(sum_exponentials(part, slots, logits));
}

// log q_k − log p_k, class by class. First the largest logit of its row is subtracted from each logit, unless both rows
// have nearly the same one: then logits that nearly agree are subtracted exactly.
template <class V>
class log_ratio {
  using S = scalar_of<V>;

 public:
  // q_top, p_top: the largest logit of each row. totals: the sum of p's exponentials over that of q's.
  GUMBELCUDA_INLINE log_ratio(S q_top, S p_top, S totals) {
    const S apart = q_top - p_top, log_totals = totals == totals ? log(totals) : totals;
    const bool together = abs(apart) <= S(1);
    q_pivot_ = V(together ? S(0) : q_top);
    p_pivot_ = V(together ? S(0) : p_top);
    rest_ = V(together ? apart - log_totals : -log_totals);
  }
  // NaN or infinite if a class is masked, or if the difference of two numbers overflows.
  GUMBELCUDA_INLINE V operator()(V q_logit, V p_logit) const {
    return ((q_logit - q_pivot_) - (p_logit - p_pivot_)) - rest_;
  }
  // Half of it, which never overflows.
  GUMBELCUDA_INLINE V half(V q_logit, V p_logit) const {
    const V one_half = V(S(0.5f));
    return (fma(one_half, q_logit, -(one_half * q_pivot_)) - fma(one_half, p_logit, -(one_half * p_pivot_))) -
           one_half * rest_;
  }

 private:
  V q_pivot_, p_pivot_, rest_;
};

// One of the terms above, in units of p's exponentials; p_exponential is that of this class.
template <class V>
struct kl_terms {
  using S = scalar_of<V>;

  GUMBELCUDA_INLINE kl_terms(const row_exponentials<S>& p, const row_exponentials<S>& q)
      : ratio(q.top, p.top, p.total / q.total), p_top(V(p.top)), q_top(V(q.top)), q_unit(V(p.total / q.total)) {}

  GUMBELCUDA_INLINE V operator()(V p_logit, V q_logit, V p_exponential) const {
    const V minus_d = ratio(q_logit, p_logit);
    const auto is_usual = abs(minus_d - V(S(0.5f) * (least + most))) < V(S(0.5f) * (most - least));
    V term = V(0);
    if (any_element(is_usual)) term = p_exponential * exp_above_tangent(minus_d);
    if (!all_elements(is_usual)) term = select(is_usual, term, rare(p_logit, q_logit, p_exponential, minus_d));
    return term;
  }

 private:
  // The usual range of −d.
  static constexpr S least = S(-1024), most = S(8);

  // If q is much larger than p, exp(−d) may overflow, so q's own exponential is used. If d is large, the square root of
  // p's exponential is multiplied twice. A masked class has an infinite d, or a NaN with p's exponential 0.
  GUMBELCUDA_OUT_OF_LINE V rare(V p_logit, V q_logit, V p_exponential, V minus_d) const {
    const V of_q = q_unit * softmax_term(q_logit, q_top);
    const V outgrown = max(V(0), fma(p_exponential, V(-1) - minus_d, of_q));
    const V term = select(p_exponential > V(0), outgrown, of_q);
    const auto is_distant = minus_d < V(S(0.5f) * least);
    if (!any_element(is_distant)) return term;
    const V half = V(S(0.5f)), root = exp_nonpositive(fma(half, p_logit, -(half * p_top)));
    const V half_term = -(root * (root * (ratio.half(q_logit, p_logit) + half)));
    const V distant = select(q_logit > V(S(-INFINITY)), half_term + half_term, V(S(INFINITY)));
    return select(is_distant, distant, term);
  }

  log_ratio<V> ratio;
  V p_top, q_top, q_unit;  // converts q's exponentials to units of p's
};

// sum_exponentials() of the row that `memory` is open on. `cache` is left with the row's exponentials or its logits.
enum class cache_of_row { exponentials, logits };
template <cache_of_row Of, class Part, class Memory, class Cache, class V>
GUMBELCUDA_INLINE row_exponentials<scalar_of<V>> keep_exponentials(const Part& part, V* slots, const Memory& memory,
                                                                   Cache& cache) {
  using S = scalar_of<V>;
  const auto read = [&](std::int64_t n, V* x) { memory.read(part.quad(n), V(S(-INFINITY)), x); };
  const S top = row_max<V>(part, [&](std::int64_t n, V* x) {
    read(n, x);
    cache.set(n, x);
  });
  return {top, row_sum(part, slots, [&](std::int64_t n, V* e) {
            if constexpr (Cache::keeps)
              cache.get(n, e);
            else
              read(n, e);
            GUMBELCUDA_UNROLL
            for (int j = 0; j < quad_size; ++j) e[j] = softmax_term(e[j], V(top));
            if constexpr (Of == cache_of_row::exponentials) cache.set(n, e);
          })};
}

// Cache types: see softmax.hpp.
template <class Stored, class Part, class Memory, class PCache, class QCache>
GUMBELCUDA_INLINE void kl_divergence_of_row(const kl_divergence_task& task, std::uint64_t row, const Part& part,
                                            Memory& p_memory, Memory& q_memory, PCache& p_cache, QCache& q_cache,
                                            typename Memory::V* slots) {
  using V = typename Memory::V;
  using S = scalar_of<V>;
  p_memory.open(task.p_logits, row);
  q_memory.open(task.q_logits, row);
  const auto p = keep_exponentials<cache_of_row::exponentials>(part, slots, p_memory, p_cache);
  const auto q = keep_exponentials<cache_of_row::logits>(part, slots, q_memory, q_cache);
  const kl_terms<V> term(p, q);
  const S sum = row_sum(part, slots, [&](std::int64_t n, V* t) {
    V p_logit[quad_size], q_logit[quad_size];
    p_memory.read(part.quad(n), V(S(-INFINITY)), p_logit);
    p_cache.get(n, t);
    if constexpr (QCache::keeps)
      q_cache.get(n, q_logit);
    else
      q_memory.read(part.quad(n), V(S(-INFINITY)), q_logit);
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) {
      const V p_exponential = PCache::keeps ? t[j] : softmax_term(p_logit[j], V(p.top));
      const bool has_class = class_of<V>(part.quad(n), j) < task.classes;
      t[j] = has_class ? term(p_logit[j], q_logit[j], p_exponential) : V(0);
    }
  });
  // p's total divides once. If q is no distribution and all of p's terms but one are 0, the result must still be NaN.
  const S kl = sum / p.total + (q.total - q.total);
  if (part.is_leader()) static_cast<S*>(task.kl)[row] = canonical(kl);
}

// The signature that kernels/rows/any_operation.cuh calls.
template <class Stored, class Part>
GUMBELCUDA_INLINE void run_row(const kl_divergence_task& task, std::uint64_t row, const Part& part,
                               computed_of<Stored>* slots) {
  direct_memory<Stored> p_memory(task.classes), q_memory(task.classes);
  auto p_cache = cached_by<computed_of<Stored>>(part);
  uncached_quads q_cache;
  kl_divergence_of_row<Stored>(task, row, part, p_memory, q_memory, p_cache, q_cache, slots);
}

GUMBELCUDA_MATH_END
