// SPDX-License-Identifier: Apache-2.0
// Where the Gumbels of a row come from: drawn when they are needed, or supplied by the caller in memory. A type, not a
// branch, chooses between the two, so that a thread that draws holds no pointer in a register.
#pragma once

#include "gumbelcuda/detail/rows/gumbel_max.hpp"
#include "gumbelcuda/rows.hpp"

GUMBELCUDA_MATH_BEGIN

struct drawn_gumbels {
  row_noise noise;
  GUMBELCUDA_INLINE explicit drawn_gumbels(const row_noise& of_row) : noise(of_row) {}
  template <class Part, class Task>
  GUMBELCUDA_INLINE drawn_gumbels(const Part& part, const Task& task, std::uint64_t row)
      : noise(noise_of_row(part, task.noise, row)) {}
  // Of the first `count` classes of a quad at least.
  template <class V, class Count>
  GUMBELCUDA_INLINE void read(std::uint64_t quad, V* g, Count count) const {
    if constexpr (is_fixed<Count>)
      quad_gumbels(noise, quad, g);
    else
      quad_gumbels(noise, quad, g, count);
  }
  // The largest score, as gumbel_max.hpp finds it: most of the noise need not be computed for it.
  template <class V, class Part, class Logits, class Scores>
  GUMBELCUDA_INLINE best_class<scalar_of<V>> best(const Part& part, Logits logits, const Scores&,
                                                  bool index_wanted) const {
    return index_wanted ? gumbel_max_row<V>(part, noise, logits) : largest_score<V>(part, noise, logits, plain_score{});
  }
};
// Memory: see detail/rows/gumbel.hpp.
template <class Memory>
struct supplied_gumbels {
  Memory memory;
  template <class Part, class Task>
  GUMBELCUDA_INLINE supplied_gumbels(const Part&, const Task& task, std::uint64_t row) : memory(task.classes) {
    memory.open(task.gumbel, row);
  }
  template <class V, class Count>
  GUMBELCUDA_INLINE void read(std::uint64_t quad, V* g, Count) const {
    memory.read(quad, V(0), g);
  }
  template <class V, class Part, class Logits, class Scores>
  GUMBELCUDA_INLINE best_class<scalar_of<V>> best(const Part& part, Logits, const Scores& scores,
                                                  bool index_wanted) const {
    const scalar_of<V> top = row_max<V>(part, scores);
    if (!index_wanted) return {top};
    return {top, class_of_largest<V>(part, top, scores, [&] { return scores.first_of_ties(top); })};
  }
};

// The scores logits + g of a part's quads.
template <class V, class Gumbels, class Part, class Memory>
struct row_scores {
  Gumbels gumbels;
  const Part& part;
  const Memory& memory;

  // Logits and noise of this part's quad n. Static, so that first_of_ties() can work on copies.
  GUMBELCUDA_INLINE static void terms_of(const Gumbels& gumbels, const Part& part, const Memory& memory, std::int64_t n,
                                         V* x, V* g) {
    gumbels.read(part.quad(n), g, classes_of_quad(part, n));
    memory.read(part.quad(n), V(-INFINITY), x);
  }
  GUMBELCUDA_INLINE void terms(std::int64_t n, V* x, V* g) const { terms_of(gumbels, part, memory, n, x, g); }
  GUMBELCUDA_INLINE void operator()(std::int64_t n, V* z) const {
    V g[quad_size];
    terms(n, z, g);
    plain_score{}(z, g, z);
  }
  // The row's largest score and, if it is wanted, its class, provided that no score is NaN.
  GUMBELCUDA_INLINE best_class<scalar_of<V>> best(bool index_wanted) const {
    return gumbels.template best<V>(part, row_logits<V, Part, Memory>{part, memory}, *this, index_wanted);
  }
  GUMBELCUDA_INLINE std::uint64_t first_of_ties(scalar_of<V> top) const {
    return gumbelcuda::first_of_ties<V>(part, top, plain_score{},
                                        [part = part, gumbels = gumbels, memory = memory](std::int64_t n, V* x, V* g) {
                                          terms_of(gumbels, part, memory, n, x, g);
                                        });
  }
};
template <class V, class Gumbels, class Part, class Memory>
GUMBELCUDA_INLINE row_scores<V, Gumbels, Part, Memory> scores_of_row(const Gumbels& gumbels, const Part& part,
                                                                     const Memory& memory) {
  return {gumbels, part, memory};
}

GUMBELCUDA_MATH_END
