// SPDX-License-Identifier: Apache-2.0
// Gumbel-top-k of a row that one thread has alone, in a single sweep. The least of the best classes so far is the bound
// below which a quad is skipped, as in detail/rows/gumbel_max.hpp. If rounded scores leave the order undecided, another
// sweep uses the scores' remainders. Must equal detail/rows/gumbel_top_k.hpp bit for bit.
#pragma once

#include <type_traits>

#include "gumbelcuda/detail/rows/gumbel_top_k.hpp"

GUMBELCUDA_MATH_BEGIN

// Puts c at place i, or below it, of a heap of `count` classes with the least at its root.
template <class Class>
GUMBELCUDA_INLINE void sink(Class* heap, std::uint64_t i, const Class c, std::uint64_t count) {
  for (std::uint64_t child; (child = 2 * i + 1) < count; i = child) {
    if (child + 1 < count && precedes(heap[child], heap[child + 1])) ++child;
    if (precedes(heap[child], c)) break;
    heap[i] = heap[child];
  }
  heap[i] = c;
}
template <class Class>
GUMBELCUDA_OUT_OF_LINE void make_heap(Class* classes, std::uint64_t count) {
  for (std::uint64_t i = count / 2; i-- > 0;) sink(classes, i, classes[i], count);
}
template <class Class>
GUMBELCUDA_OUT_OF_LINE void sort_heap(Class* heap, std::uint64_t count) {
  for (std::uint64_t end = count; end > 1;) {
    const Class freed = heap[--end];
    heap[end] = heap[0];
    sink(heap, 0, freed, end);
  }
}

// The best `capacity` of the classes offered, which must come in the order of classes. Once full, they are a heap with
// the least at its root, so that most further classes cost one comparison. Class: ranked_class, or scored_class, which
// treats rounded scores as exact.
template <class V, class Class>
class best_classes {
  static constexpr bool is_exact = std::is_same_v<Class, ranked_class<V>>;

 public:
  // `memory` has `capacity` places, one or more.
  best_classes(Class* memory, std::uint64_t capacity) : classes_(memory), capacity_(capacity) {}

  // A score enters if it is above this; if it is equal, its remainder decides.
  V bound() const { return bound_; }
  std::uint64_t count() const { return count_; }
  const Class& operator[](std::uint64_t rank) const { return classes_[rank]; }

  // On ties the class that came first stays, which is the lower one.
  GUMBELCUDA_INLINE void offer(V logit, V g, std::uint64_t index) {
    const V score = logit + g;
    if (score < bound_) return;
    if (!(score > bound_)) {
      if (!(score == bound_) || count_ < capacity_) return;
      if constexpr (is_exact)
        if (const Class c = make(logit, g, score, index); precedes(c, classes_[0])) return sink(classes_, 0, c, count_);
      left_out_ = score;
      return;
    }
    const Class c = make(logit, g, score, index);
    if (count_ == capacity_) {
      left_out_ = bound_;
      sink(classes_, 0, c, count_);
    } else {
      classes_[count_++] = c;
      if (count_ < capacity_) return;
      make_heap(classes_, count_);
    }
    bound_ = classes_[0].score;
  }
  // Sorts the classes by rank. Nothing may be offered after that.
  void sort() {
    if (count_ < capacity_) make_heap(classes_, count_);
    sort_heap(classes_, count_);
  }
  // Once sorted: whether two of the classes, or one of them and one left out, have the same score.
  bool is_tied() const {
    bool tied = count_ == capacity_ && left_out_ == classes_[count_ - 1].score;
    for (std::uint64_t i = 1; i < count_; ++i) tied = tied | (classes_[i].score == classes_[i - 1].score);
    return tied;
  }

 private:
  GUMBELCUDA_INLINE static Class make(V logit, V g, V score, std::uint64_t index) {
    if constexpr (is_exact)
      return {score, plain_score{}.remainder(logit, g, score), index};
    else
      return {score, index};
  }

  Class* classes_;
  std::uint64_t capacity_, count_ = 0;
  V bound_ = V(-INFINITY);     // the least of them, once full
  V left_out_ = V(-INFINITY);  // the largest score left out, or one below all that are here
};

// Offers all classes that may enter. Returns whether a logit is NaN or +inf.
template <class V, class Class, class Logits>
GUMBELCUDA_INLINE bool offer_row(const whole_row& part, const row_noise& noise, Logits logits,
                                 best_classes<V, Class>& best) {
  bool not_finite = false;
  for (std::int64_t n = 0; n < part.quads(); ++n) {
    V x[quad_size], g[quad_size];
    logits(n, x);
    const philox_block<std::uint32_t> words = noise.words(part.quad(n));
    if (all_below(x, losing_below(float(best.bound()), words))) continue;
    quad_gumbels(noise, part.quad(n), words, g);
    for (int j = 0; j < quad_size; ++j) {
      not_finite = not_finite | !(x[j] < V(INFINITY));
      best.offer(x[j], g[j], class_of<V>(part.quad(n), j));
    }
  }
  return not_finite;
}

// Calls put(rank, class) for the sorted classes of `best`. Returns the status, the last class put and kappa.
template <class S, class Class, class Put>
GUMBELCUDA_INLINE sample_end<S> put_best(const best_classes<S, Class>& best, std::uint64_t k, bool not_finite,
                                         Put put) {
  const auto ranked = [&](std::uint64_t rank) {
    if constexpr (std::is_same_v<Class, ranked_class<S>>)
      return best[rank];
    else
      return ranked_class<S>{best[rank].score, S(0), best[rank].index};
  };
  const S top = best.count() > 0 ? best[0].score : S(-INFINITY);
  sample_end<S> end{status_of(best_class<S>{top, no_class, not_finite}), {}, S(NAN)};
  const bool drawn = end.status == row_status::drawn;
  for (std::uint64_t rank = 0; rank < k; ++rank) {
    end.last = drawn && rank < best.count() ? ranked(rank) : ranked_class<S>{drawn ? S(-INFINITY) : S(NAN)};
    put(rank, end.last);
  }
  if (drawn) end.kappa = best.count() > k ? best[k].score : S(-INFINITY);
  return end;
}

// The sweep with remainders, class by class.
template <class S, class Memory, class Put>
GUMBELCUDA_OUT_OF_LINE sample_end<S> exact_top_k(const row_noise& noise, std::uint64_t classes, std::uint64_t k,
                                                 void* buffer, Memory memory, Put put) {
  const whole_row part(classes);
  best_classes<S, ranked_class<S>> best(static_cast<ranked_class<S>*>(buffer), k < classes ? k + 1 : classes);
  const bool not_finite = offer_row(
      part, noise, [&](std::int64_t n, S* x) { memory.read(part.quad(n), S(-INFINITY), x); }, best);
  best.sort();
  return put_best(best, k, not_finite, put);
}

// Same as gumbel_top_k_row(), for the logits on which `memory` is open. `buffer` has space for k + 1 of ranked_class,
// but no more than the row has classes. It may overlap the row's other scratch memory, which is used only afterwards.
template <class Stored, class Part, class Memory, class Put>
GUMBELCUDA_INLINE sample_end<computed_of<Stored>> gumbel_top_k_in_one_sweep(const Part& part, const row_noise& noise,
                                                                            std::uint64_t classes, std::uint64_t k,
                                                                            void* buffer, const Memory& memory,
                                                                            Put put) {
  using V = typename Memory::V;
  using S = scalar_of<V>;
  best_classes<S, scored_class<S>> best(static_cast<scored_class<S>*>(buffer), k < classes ? k + 1 : classes);
  const bool not_finite = offer_row(
      part, noise, [&](std::int64_t n, V* x) { memory.read(part.quad(n), V(S(-INFINITY)), x); }, best);
  best.sort();
  if (best.is_tied()) [[unlikely]]
    return exact_top_k<S>(noise, classes, k, buffer, static_cast<const direct_memory<Stored>&>(memory), put);
  return put_best(best, k, not_finite, put);
}

template <class Stored, class Part, class Memory>
GUMBELCUDA_INLINE void gumbel_top_k_of_row(const gumbel_top_k_task& task, std::uint64_t row, const Part& part,
                                           Memory& memory, typename Memory::V* slots, void* buffer) {
  using V = typename Memory::V;
  using S = scalar_of<V>;
  memory.open(task.logits, row);
  log_normalizer<S> all{};
  if (task.log_prob)  // before the best classes, whose memory the slots may share
    all = normalize_row<V>(part, slots, [&](std::int64_t n, V* x) { memory.read(part.quad(n), V(S(-INFINITY)), x); });
  const top_k_writer<Stored> to(task, row, 0, 1);
  const auto end =
      gumbel_top_k_in_one_sweep<Stored>(part, noise_of_row(task.noise, row), task.classes, task.k, buffer, memory,
                                        [to](std::uint64_t rank, const ranked_class<S>& c) { to.put(rank, c); });
  to.finish(end, all, memory);
}

// Same as k_hot_sample_of_row() of detail/rows/relaxed_k_hot.hpp.
template <class Stored, class Task, class Part, class Memory>
GUMBELCUDA_INLINE auto k_hot_sample_in_one_sweep(const Task& task, std::uint64_t row, const Part& part,
                                                 const Memory& memory, void* buffer) {
  return gumbel_top_k_in_one_sweep<Stored>(part, noise_of_row(task.noise, row), task.classes, task.k, buffer, memory,
                                           [](std::uint64_t, const ranked_class<computed_of<Stored>>&) {});
}

GUMBELCUDA_MATH_END
