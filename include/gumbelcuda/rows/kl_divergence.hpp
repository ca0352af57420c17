// SPDX-License-Identifier: Apache-2.0
// KL divergence between two categorical distributions given by their logits, for a part of a row (part.hpp).
#pragma once

#include "gumbelcuda/rows/distribution_tasks.hpp"
#include "gumbelcuda/rows/operations.hpp"

GUMBELCUDA_MATH_BEGIN

// logits(n, x) gives this part's quad n, −inf beyond the row's end. All NaN for a row that is no distribution.
template <class V, class Part, class Logits>
GUMBELCUDA_INLINE log_normalizer<scalar_of<V>> normalize_row(const Part& part, V* slots, Logits logits) {
  return log_normalizer<scalar_of<V>>(sum_exponentials(part, slots, logits));
}

template <class Stored, class Part>
GUMBELCUDA_INLINE void run_row(const kl_divergence_task& task, std::uint64_t row, const Part& part,
                               computed_of<Stored>* slots) {
  using V = computed_of<Stored>;
  direct_memory<Stored> p_memory(task.classes), q_memory(task.classes);
  p_memory.open(task.p_logits, row);
  q_memory.open(task.q_logits, row);
  const auto p_logits = [&](std::int64_t n, V* x) { p_memory.read(part.quad(n), V(-INFINITY), x); };
  const auto q_logits = [&](std::int64_t n, V* x) { q_memory.read(part.quad(n), V(-INFINITY), x); };
  const log_normalizer<V> p = normalize_row<V>(part, slots, p_logits), q = normalize_row<V>(part, slots, q_logits);
  const V divergence = row_sum(part, slots, [&](std::int64_t n, V* t) {
    V b[quad_size];
    p_logits(n, t);
    q_logits(n, b);
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) {
      const V share = softmax_term(t[j], p.top);
      t[j] = select(share == V(0), V(0), share * (p.log_prob(t[j]) - q.log_prob(b[j])));
    }
  });
  // p's total divides once; where q is no distribution and p's terms are all 0 but one, NaN must still come out.
  const V kl = divergence / p.total + (q.total - q.total);
  if (part.leads()) static_cast<V*>(task.kl)[row] = canonical(kl);
}

GUMBELCUDA_MATH_END
