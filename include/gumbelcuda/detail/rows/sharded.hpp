// SPDX-License-Identifier: Apache-2.0
// Gumbel-max of one row whose classes are divided among shards: of one shard, for a part of its row (part.hpp); and
// from the partial results of the shards to that of the row.
#pragma once

#include "gumbelcuda/detail/rows/gumbel.hpp"
#include "gumbelcuda/sharded.hpp"

GUMBELCUDA_MATH_BEGIN

template <class Stored, class Part, class Memory>
GUMBELCUDA_INLINE void gumbel_max_shard_of_row(const gumbel_max_shard_task& task, std::uint64_t row, const Part& part,
                                               Memory& memory, typename Memory::V* slots) {
  using V = typename Memory::V;
  using S = scalar_of<V>;
  memory.open(task.logits, row);
  const auto logits = [=](std::int64_t n, V* x) { memory.read(part.quad(n), V(-INFINITY), x); };
  row_noise noise = noise_of_row(part, task.noise, row);
  noise.first_block += task.first_class / quad_size;
  S gumbel = S(-INFINITY);
  const best_class<S> best = gumbel_max_row<V>(part, noise, logits, plain_score{}, &gumbel);
  gumbel = part.max(gumbel);
  row_exponentials<S> sum{S(-INFINITY), S(NAN)};
  if (task.log_prob_wanted) sum = sum_exponentials(part, slots, logits);
  if (!part.is_leader()) return;
  gumbel_max_partial partial;
  partial.status = status_of(best);
  if (partial.status == row_status::drawn) {
    // + 0: which of −0 and 0 counts as the larger depends on the part; and logit − top is 0 if top is −0.
    partial.score = double(best.score) + 0.0;
    partial.index = std::int64_t(task.first_class + best.index);
    const S logit = memory.read_one(best.index, S(0));
    partial.logit = double(logit) + 0.0;
    partial.remainder = double(plain_score{}.remainder(logit, gumbel, best.score)) + 0.0;
    partial.top = double(sum.top) + 0.0;
    partial.total = canonical(double(sum.total));
  }
  task.partial[row] = partial;
}

// The signature that kernels/rows/any_operation.cuh calls.
template <class Stored, class Part>
GUMBELCUDA_INLINE void run_row(const gumbel_max_shard_task& task, std::uint64_t row, const Part& part,
                               computed_of<Stored>* slots) {
  direct_memory<Stored> memory(task.classes);
  gumbel_max_shard_of_row<Stored>(task, row, part, memory, slots);
}

template <class S>
GUMBELCUDA_INLINE void combine_row(const combine_gumbel_max_task& task, std::uint64_t row) {
  const auto partial = [&](std::uint64_t shard) -> const gumbel_max_partial& {
    return task.partial[shard * task.rows + row];
  };
  ranked_class<S> best;
  bool not_finite = false;
  S logit = S(0), top = S(-INFINITY);
  for (std::uint64_t shard = 0; shard < task.shards; ++shard) {
    const gumbel_max_partial& p = partial(shard);
    not_finite = not_finite | (p.status == row_status::not_finite);
    top = max(top, S(p.top));
    const ranked_class<S> c{S(p.score), S(p.remainder), std::uint64_t(p.index)};
    if (!precedes(c, best)) continue;
    best = c;
    logit = S(p.logit);
  }
  const row_status status = status_of(best_class<S>{best.score, best.index, not_finite});
  const bool drawn = status == row_status::drawn;
  if (task.log_prob) {
    S total = S(0);
    for (std::uint64_t shard = 0; shard < task.shards; ++shard)
      total = total + S(partial(shard).total) * softmax_term(S(partial(shard).top), top);
    static_cast<S*>(task.log_prob)[row] = canonical(drawn ? log_normalizer<S>({top, total}).log_prob(logit) : S(NAN));
  }
  task.index[row] = drawn ? std::int64_t(best.index) : -1;
  if (task.status) task.status[row] = status;
}

GUMBELCUDA_MATH_END
