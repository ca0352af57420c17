// SPDX-License-Identifier: Apache-2.0
// Relaxed k-hot samples of one row and their vector-Jacobian product, for a part of the row (part.hpp). A sample is the
// point of {y in [0, 1]^K, Σ y = k} that is nearest to the scores z = logits + g in the sense of binary entropy,
// y = sigmoid((z − ν)/τ): the limited multi-label projection of Amos, Koltun, Kolter, arXiv:1906.08707, of perturbed
// values. As τ → 0 it becomes the k-hot vector of Gumbel-top-k.
//
// It is not the iterated softmax of Xie, Ermon, arXiv:1901.10517, in which a class can be drawn more than once, in
// part: for the weights (.9, .1) with k = 2 and τ = 1 it gives the first class 1.4.
#pragma once

#include "gumbelcuda/detail/rows/gumbel_top_k.hpp"
#include "gumbelcuda/math/conditional.hpp"
#include "gumbelcuda/math/root.hpp"
#include "gumbelcuda/relaxed_k_hot.hpp"

GUMBELCUDA_MATH_BEGIN

// y of a row. scores.terms(n, x, g) gives logits and noise of this part's quad n, −inf past the row's end. If `cache`
// keeps values, it holds z. `sample` is what Gumbel-top-k of the row returned.
//
// z tells which classes are in the sample: those above `cold_`. If rounding gave the last class of the sample and
// others that are not in it the same score, those others are moved down to the next number. That error is as large as
// that of rounding.
template <class V, class Part, class Cache, class Scores>
class row_k_hot {
  using S = scalar_of<V>;

 public:
  GUMBELCUDA_INLINE row_k_hot(const Part& part, Cache& cache, V* slots, S temperature, std::uint64_t classes,
                              std::uint64_t k, const sample_end<S>& sample, Scores scores)
      : part_(part), cache_(cache), scores_(scores) {
    is_valid_ = sample.status == row_status::drawn && temperature == temperature;
    if (!is_valid_) return;
    last_ = sample.last;
    is_split_ = sample.kappa > S(-INFINITY) && sample.kappa == last_.score;
    cold_ = is_split_ ? next_below(sample.kappa) : sample.kappa;
    if constexpr (Cache::keeps)
      for_each_quad(part, [&](std::int64_t n) {
        V z[quad_size];
        compute(n, z);
        cache.set(n, z);
      });
    if (!(sample.kappa > S(-INFINITY))) return;  // no class is left over: all are in the sample
    is_soft_ = temperature > S(0);
    if (is_soft_) solve(slots, inverse_temperature(temperature), S(classes - k), S(k));
  }

  GUMBELCUDA_INLINE bool is_valid() const { return is_valid_; }

  // The k-hot vector. operator() is its relaxation.
  GUMBELCUDA_INLINE void k_hot(std::int64_t n, V* x) const {
    V z[quad_size];
    get(n, z);
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) x[j] = is_valid_ ? select(z[j] > V(cold_), V(1), V(0)) : V(S(NAN));
  }
  GUMBELCUDA_INLINE void operator()(std::int64_t n, V* y) const {
    if (!is_soft_) return k_hot(n, y);
    get(n, y);
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) y[j] = sigmoid(exponent(y[j]) - V(threshold_));
  }

 private:
  GUMBELCUDA_INLINE void get(std::int64_t n, V* z) const {
    if constexpr (Cache::keeps)
      cache_.get(n, z);
    else
      compute(n, z);
  }
  GUMBELCUDA_INLINE void compute(std::int64_t n, V* z) const {
    V x[quad_size], g[quad_size];
    scores_.terms(n, x, g);
    plain_score{}(x, g, z);
    if (!is_split_) return;
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) {
      // drawn is 1 if the class precedes the last of the sample or is it, otherwise 0.
      const std::uint64_t first = class_of<V>(part_.quad(n), j), end = last_.index + 1;
      const V remainder = plain_score{}.remainder(x[j], g[j], z[j]), last = V(last_.remainder);
      const V among_equals = first_elements(end > first ? end - first : 0, V(1), V(0));
      const V drawn = select(remainder > last, V(1), select(remainder == last, among_equals, V(0)));
      z[j] = select(z[j] == V(last_.score), select(drawn > V(0), z[j], V(cold_)), z[j]);
    }
  }
  // The score relative to the last of the sample, in units of τ: the exponents that decide are small, and so exact.
  GUMBELCUDA_INLINE V exponent(V z) const { return gap_(z); }

  // Σ y − k is computed as Σ y over the classes not in the sample, minus Σ (1 − y) over those in it: near a hard sample
  // all terms are small. u are the exponents; u_k = 0, and u_next is that of κ. At ν = u_next − log k the first k + 1
  // classes have y ≥ k/(k+1) each; at ν = log(K − k) the last K − k + 1 have y ≤ 1/(K−k+1). If ν is so low that all k
  // classes have y = 1, it need not be lower.
  GUMBELCUDA_INLINE void solve(V* slots, S inverse, S others, S k) {
    gap_ = {V(last_.score), V(inverse)};
    const S lowest = S(2.25f) * constants_of<S>::exp_is_zero_below;
    const S low = max(tempered_gap<S>(last_.score, inverse)(cold_) - log(k), lowest), high = log(others);
    const S width = S(sizeof(S) == 4 ? 0x1p-22 : 0x1p-51) * max(max(-low, high), S(1));
    threshold_ = root_of_decreasing(low, high, width, [&](S at) {
      return row_sum(part_, slots, [&](std::int64_t n, V* t) {
        get(n, t);
        GUMBELCUDA_UNROLL
        for (int j = 0; j < quad_size; ++j) {
          const auto is_hot = t[j] > V(cold_);
          const V gap = exponent(t[j]) - V(at), distance = sigmoid(select(is_hot, -gap, gap));
          t[j] = select(is_hot, -distance, distance);
        }
      });
    });
  }

  const Part& part_;
  Cache& cache_;
  Scores scores_;
  ranked_class<S> last_;
  S cold_ = S(-INFINITY), threshold_ = S(0);
  tempered_gap<V> gap_;
  bool is_valid_, is_split_ = false, is_soft_ = false;
};

// From d_y = dL/dy to dL/dlogits, which is passed to put, and, if wanted, to dL/dτ, which is returned. With
// q = y·(1 − y) and m = Σ q·d_y / Σ q, which keeps Σ y constant: dL/dlogits = q·(d_y − m)/τ and dL/dτ = −Σ
// (dL/dlogits)·log(y/(1 − y)). d_y of the class with the largest q is first subtracted from all, as in
// tempered_softmax_vjp. y(n, x) and d_y(n, x) give this part's quad n, 0 past the row's end, and d_y_of(k) that of any
// class. put is not called before the last sum. All results are NaN if y or d_y has a NaN.
template <class V, class Part, class Y, class Upstream, class UpstreamOf, class Put>
GUMBELCUDA_INLINE scalar_of<V> row_k_hot_vjp(const Part& part, V* slots, scalar_of<V> gradient_scale,
                                             bool temperature_wanted, Y y, Upstream d_y, UpstreamOf d_y_of, Put put) {
  using S = scalar_of<V>;
  const auto slopes = [&](std::int64_t n, V* q) {
    y(n, q);
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) q[j] = q[j] * (V(1) - q[j]);
  };
  const S total = row_sum(part, slots, slopes);
  const auto [top, top_class] = row_argmax<V>(part, slopes);
  const S pivot = top_class == no_class ? S(NAN) : d_y_of(top_class);
  const S moment = row_sum(part, slots, [&](std::int64_t n, V* t) {
    V q[quad_size];
    slopes(n, q);
    d_y(n, t);
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) t[j] = q[j] * (t[j] - V(pivot));
  });
  const S mean = total > S(0) ? moment / total : moment;  // for a hard sample: 0, or NaN
  const auto d_logits = [&](std::int64_t n, const V* share, V* d) {
    d_y(n, d);
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j)
      d[j] = softmax_term_vjp(share[j] * (V(1) - share[j]), d[j] - V(pivot), V(mean), V(gradient_scale));
  };
  S d_temperature = S(0);
  if (temperature_wanted)
    d_temperature = -row_sum(part, slots, [&](std::int64_t n, V* t) {
      const V least = V(constants_of<V>::smallest_normal);
      V share[quad_size];
      y(n, share);
      d_logits(n, share, t);
      GUMBELCUDA_UNROLL
      for (int j = 0; j < quad_size; ++j) {
        const V log_odds = log(max(least, share[j])) - log(max(least, V(1) - share[j]));
        t[j] = select(t[j] == V(0), V(0), t[j] * log_odds);
      }
    });
  for_each_quad(part, [&](std::int64_t n) {
    V share[quad_size], d[quad_size];
    y(n, share);
    d_logits(n, share, d);
    put(n, d);
  });
  return d_temperature;
}

template <class Stored, class Part, class Memory, class Cache>
GUMBELCUDA_INLINE void relaxed_k_hot_of_row(const relaxed_k_hot_task& task, std::uint64_t row, const Part& part,
                                            Memory& memory, Cache& cache, typename Memory::V* slots,
                                            const sample_end<computed_of<Stored>>& sample) {
  using V = typename Memory::V;
  const row_k_hot y(part, cache, slots, temperature_of_row<scalar_of<V>>(task, row), task.classes, task.k, sample,
                    scores_of_row<V>(drawn_gumbels(part, task, row), part, memory));
  for (const bool hard : {false, true}) {
    const mutable_rows& to = hard ? task.k_hot : task.y;
    if (!to.data) continue;
    memory.create(to, row);
    for_each_quad(part, [&](std::int64_t n) {
      V x[quad_size];
      hard ? y.k_hot(n, x) : y(n, x);
      memory.write(part.quad(n), x);
    });
  }
}

// y_memory is open on y, or on logits. d_memory reads d_y and writes d_logits. `sample` is not used if y is an input.
template <class Stored, class Part, class Memory, class Cache>
GUMBELCUDA_INLINE void relaxed_k_hot_vjp_of_row(const relaxed_k_hot_vjp_task& task, std::uint64_t row, const Part& part,
                                                Memory& y_memory, Memory& d_memory, Cache& cache,
                                                typename Memory::V* slots, sample_end<computed_of<Stored>> sample) {
  using V = typename Memory::V;
  using S = scalar_of<V>;
  const S temperature = temperature_of_row<S>(task, row);
  noise_address noise = task.noise;
  if (task.y.data) {
    sample.status = row_status::nothing_to_draw;  // so that nothing is computed
    noise = {};                                   // its pointers were not checked
  }
  const row_k_hot computed(part, cache, slots, temperature, task.classes, task.k, sample,
                           scores_of_row<V>(drawn_gumbels{noise_of_row(part, noise, row)}, part, y_memory));
  d_memory.open(task.d_y, row);
  if (task.d_logits.data) d_memory.create(task.d_logits, row);
  const S d_temperature = row_k_hot_vjp<V>(
      part, slots, temperature == temperature ? gradient_scale(temperature) : temperature,
      task.d_temperature != nullptr,
      [&](std::int64_t n, V* x) {
        if (task.y.data)
          y_memory.read(part.quad(n), V(0), x);
        else
          computed(n, x);
      },
      [&](std::int64_t n, V* x) { d_memory.read(part.quad(n), V(0), x); },
      [&](std::uint64_t k) { return d_memory.read_one(k, S(0)); },
      [&](std::int64_t n, const V* d) {
        if (task.d_logits.data) d_memory.write(part.quad(n), d);
      });
  if (task.d_temperature && part.is_leader()) static_cast<S*>(task.d_temperature)[row] = canonical(d_temperature);
}

// The sample of a row. `memory` must be open on its logits.
template <class Task, class Part, class Memory>
GUMBELCUDA_INLINE auto k_hot_sample_of_row(const Task& task, std::uint64_t row, const Part& part,
                                           const Memory& memory) {
  using V = typename Memory::V;
  return gumbel_top_k_row<V>(
      part, noise_of_row(part, task.noise, row), task.k,
      [&](std::int64_t n, V* x) { memory.read(part.quad(n), V(-INFINITY), x); },
      [](std::uint64_t, const ranked_class<V>&) {});
}

template <class Stored, class Part>
GUMBELCUDA_INLINE void run_row(const relaxed_k_hot_task& task, std::uint64_t row, const Part& part,
                               computed_of<Stored>* slots) {
  direct_memory<Stored> memory(task.classes);
  memory.open(task.logits, row);
  auto cache = cached_by<computed_of<Stored>>(part);
  relaxed_k_hot_of_row<Stored>(task, row, part, memory, cache, slots, k_hot_sample_of_row(task, row, part, memory));
}

template <class Stored, class Part>
GUMBELCUDA_INLINE void run_row(const relaxed_k_hot_vjp_task& task, std::uint64_t row, const Part& part,
                               computed_of<Stored>* slots) {
  direct_memory<Stored> y_memory(task.classes), d_memory(task.classes);
  y_memory.open(task.y.data ? task.y : task.logits, row);
  auto cache = cached_by<computed_of<Stored>>(part);
  sample_end<computed_of<Stored>> sample{};
  if (!task.y.data) sample = k_hot_sample_of_row(task, row, part, y_memory);
  relaxed_k_hot_vjp_of_row<Stored>(task, row, part, y_memory, d_memory, cache, slots, sample);
}

GUMBELCUDA_MATH_END
