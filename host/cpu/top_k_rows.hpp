// SPDX-License-Identifier: Apache-2.0
// Gumbel-top-k of a row that one thread has alone: a single sweep, in which the least of the best so far is the bound
// below which a quad is passed over, as in rows/gumbel_max.hpp. Must equal rows/gumbel_top_k.hpp bit for bit.
#pragma once

#include "gumbelcuda/rows/gumbel_top_k.hpp"

GUMBELCUDA_MATH_BEGIN

// The best `room` classes of those offered, in the order of classes. Once there are so many they are a heap with the
// least of them at its root, so that most others cost one comparison.
template <class V>
class best_classes {
 public:
  // `memory` has `room` places, one or more.
  best_classes(ranked_class<V>* memory, std::uint64_t room) : classes_(memory), room_(room) {}

  // What a score must be above to enter.
  V bound() const { return count_ < room_ ? V(-INFINITY) : classes_[0].score; }
  std::uint64_t count() const { return count_; }
  const ranked_class<V>& operator[](std::uint64_t rank) const { return classes_[rank]; }

  // On ties the class that came first stays, which is the lower one.
  GUMBELCUDA_INLINE void offer(const ranked_class<V>& c) {
    if (!(c.score > bound())) return;
    if (count_ == room_) return sink(0, c, count_);
    classes_[count_++] = c;
    if (count_ == room_) make_heap();
  }
  // Into the order of their ranks; nothing is offered after that.
  void sort() {
    if (count_ < room_) make_heap();
    for (std::uint64_t end = count_; end > 1;) {
      const ranked_class<V> freed = classes_[--end];
      classes_[end] = classes_[0];
      sink(0, freed, end);
    }
  }

 private:
  void make_heap() {
    for (std::uint64_t i = count_ / 2; i-- > 0;) sink(i, ranked_class<V>(classes_[i]), count_);
  }
  // c goes to place i of a heap of `count`, or below it.
  void sink(std::uint64_t i, const ranked_class<V>& c, std::uint64_t count) {
    for (std::uint64_t child; (child = 2 * i + 1) < count; i = child) {
      if (child + 1 < count && precedes(classes_[child], classes_[child + 1])) ++child;
      if (precedes(classes_[child], c)) break;
      classes_[i] = classes_[child];
    }
    classes_[i] = c;
  }

  ranked_class<V>* classes_;
  std::uint64_t room_, count_ = 0;
};

// Offers all classes that may enter; whether a logit is NaN or +inf.
template <class V, class Logits>
GUMBELCUDA_INLINE bool offer_row(const whole_row& part, const row_noise& noise, Logits logits, best_classes<V>& best) {
  bool not_finite = false;
  for (std::int64_t n = 0; n < part.quads(); ++n) {
    V x[quad_size], g[quad_size];
    logits(n, x);
    const philox_block<std::uint32_t> words = noise.words(part.quad(n));
    if (all_below(x, losing_below(float(best.bound()), words))) continue;
    quad_gumbels(noise, part.quad(n), words, g);
    for (int j = 0; j < quad_size; ++j) {
      not_finite = not_finite | !(x[j] < V(INFINITY));
      best.offer({x[j] + g[j], class_of<V>(part.quad(n), j)});
    }
  }
  return not_finite;
}

// As gumbel_top_k_row(). `memory` has room for k + 1 classes, but no more than the row has.
template <class V, class Part, class Logits, class Put>
GUMBELCUDA_INLINE sample_end<scalar_of<V>> gumbel_top_k_in_one_sweep(const Part& part, const row_noise& noise,
                                                                     std::uint64_t classes, std::uint64_t k,
                                                                     ranked_class<scalar_of<V>>* memory, Logits logits,
                                                                     Put put) {
  using S = scalar_of<V>;
  best_classes<S> best(memory, k < classes ? k + 1 : classes);
  const bool not_finite = offer_row(part, noise, logits, best);
  best.sort();
  const S top = best.count() > 0 ? best[0].score : S(-INFINITY);
  sample_end<S> end{status_of(best_class<S>{top, no_class, not_finite}), {}, S(NAN)};
  const bool drawn = end.status == row_status::drawn;
  for (std::uint64_t rank = 0; rank < k; ++rank) {
    end.last = drawn && rank < best.count() ? best[rank] : ranked_class<S>{drawn ? S(-INFINITY) : S(NAN), no_class};
    put(rank, end.last);
  }
  if (drawn) end.kappa = best.count() > k ? best[k].score : S(-INFINITY);
  return end;
}

template <class Stored, class Part, class Memory>
GUMBELCUDA_INLINE void gumbel_top_k_of_row(const gumbel_top_k_task& task, std::uint64_t row, const Part& part,
                                           Memory& memory, typename Memory::V* slots,
                                           ranked_class<computed_of<Stored>>* best) {
  using V = typename Memory::V;
  using S = scalar_of<V>;
  memory.open(task.logits, row);
  const auto logits = [&](std::int64_t n, V* x) { memory.read(part.quad(n), V(S(-INFINITY)), x); };
  log_normalizer<S> all{};
  if (task.log_prob) all = normalize_row<V>(part, slots, logits);  // before `best`, where the slots may lie
  const top_k_writer<Stored> to(task, row, 0, 1);
  const auto end = gumbel_top_k_in_one_sweep<V>(part, noise_of_row(task.noise, row), task.classes, task.k, best, logits,
                                                [&](std::uint64_t rank, const ranked_class<S>& c) { to.put(rank, c); });
  to.finish(end, all, memory);
}

// As k_hot_sample_of_row() of rows/relaxed_k_hot.hpp.
template <class Task, class Part, class Memory, class S>
GUMBELCUDA_INLINE sample_end<S> k_hot_sample_in_one_sweep(const Task& task, std::uint64_t row, const Part& part,
                                                          const Memory& memory, ranked_class<S>* best) {
  using V = typename Memory::V;
  return gumbel_top_k_in_one_sweep<V>(
      part, noise_of_row(task.noise, row), task.classes, task.k, best,
      [&](std::int64_t n, V* x) { memory.read(part.quad(n), V(S(-INFINITY)), x); },
      [](std::uint64_t, const ranked_class<S>&) {});
}

// Room for the best classes of a row where all else will be: they are done with before.
template <class Stored>
ranked_class<computed_of<Stored>>* best_in(void* scratch) {
  using best = ranked_class<computed_of<Stored>>;
  static_assert(sizeof(best) <= 2 * sizeof(double));  // row_scratch_bytes() has two of them for each class
  return static_cast<best*>(scratch);
}

GUMBELCUDA_MATH_END
