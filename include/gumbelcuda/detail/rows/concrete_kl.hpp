// SPDX-License-Identifier: Apache-2.0
// The divergence between two Concrete laws, estimated from samples, and its vector-Jacobian product, for a part of a
// row (part.hpp). With w_k = logits_k − τ·x_k the density at x (concrete.hpp) is
//
//   log (K−1)! + (K−1)·log τ + Σ_k (w_k − w_max) − K·log Σ_k exp(w_k − w_max)
//
// where anything added to all w cancels. A sample is x_k = z_k/τ_p − c with z = p_logits + g. So w is −g for p, and
// q_logits − (τ_q/τ_p)·z for q.
#pragma once

#include "gumbelcuda/concrete.hpp"
#include "gumbelcuda/detail/rows/concrete.hpp"

GUMBELCUDA_MATH_BEGIN

// A row of two laws: its samples, and the sums that the estimate and its derivatives share.
template <class Stored, class Part>
class concrete_kl_row {
 public:
  using V = computed_of<Stored>;

  // Four classes of a sample. Those that are left out have w = −inf.
  struct quad {
    V p[quad_size], q[quad_size], z[quad_size];
    GUMBELCUDA_INLINE bool is_left_out(int j) const { return p[j] == V(-INFINITY); }
  };
  // The softmax of one law's w in a sample.
  struct normalizer {
    V top, total;
    GUMBELCUDA_INLINE V share(V w) const { return softmax_term(w, top) / total; }
  };

  template <class Task>
  GUMBELCUDA_INLINE concrete_kl_row(const Task& task, std::uint64_t row, const Part& part, V* slots)
      : p_temperature(law_temperature{task.p_temperature, task.p_temperature_per_row}, row),
        q_temperature(law_temperature{task.q_temperature, task.q_temperature_per_row}, row),
        ratio(q_temperature.value / p_temperature.value),
        part_(part),
        slots_(slots),
        noise_(noise_of_row(part, task.noise, row)),
        row_quads_((task.classes + quad_size - 1) / quad_size),
        p_logits_(task.classes),
        q_logits_(task.classes) {
    p_logits_.open(task.p_logits, row);
    q_logits_.open(task.q_logits, row);
    classes = row_sum(part, slots, [&](std::int64_t n, V* t) {
      V p[quad_size], q[quad_size];
      read_logits(n, p, q);
      GUMBELCUDA_UNROLL
      for (int j = 0; j < quad_size; ++j) {
        const bool by_p = p[j] > V(-INFINITY), by_q = q[j] > V(-INFINITY);
        t[j] = by_p && by_q ? V(1) : by_p || by_q ? V(INFINITY) : V(0);
        if (!(p[j] < V(INFINITY) && q[j] < V(INFINITY))) t[j] = V(NAN);
      }
    });
    if (classes == V(0) || !(ratio < V(INFINITY))) classes = V(NAN);
  }

  GUMBELCUDA_INLINE void read(int sample, std::int64_t n, quad& w) const {
    V logits[quad_size], g[quad_size];
    read_logits(n, logits, w.q);
    quad_gumbels({noise_.stream, noise_.first_block + std::uint64_t(sample) * row_quads_}, part_.quad(n), g);
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) {
      const bool left_out = logits[j] == V(-INFINITY);
      w.z[j] = logits[j] + g[j];
      w.p[j] = left_out ? V(-INFINITY) : -g[j];
      w.q[j] = left_out ? V(-INFINITY) : fma(-ratio, w.z[j], w.q[j]);
    }
  }
  // Σ over the classes of a sample that are not left out.
  template <class Term>
  GUMBELCUDA_INLINE V sum(int sample, Term term) const {
    return row_sum(part_, slots_, [&](std::int64_t n, V* t) {
      quad w;
      read(sample, n, w);
      GUMBELCUDA_UNROLL
      for (int j = 0; j < quad_size; ++j) t[j] = w.is_left_out(j) ? V(0) : term(w, j);
    });
  }
  // `of` is &quad::p or &quad::q.
  GUMBELCUDA_INLINE normalizer normalize(int sample, V (quad::*of)[quad_size]) const {
    const V top = largest(sample, of);
    return {top, sum(sample, [&](const quad& w, int j) { return softmax_term((w.*of)[j], top); })};
  }
  GUMBELCUDA_INLINE V largest(int sample, V (quad::*of)[quad_size]) const {
    return row_max<V>(part_, [&](std::int64_t n, V* x) {
      quad w;
      read(sample, n, w);
      GUMBELCUDA_UNROLL
      for (int j = 0; j < quad_size; ++j) x[j] = (w.*of)[j];
    });
  }

  density_temperature<V> p_temperature, q_temperature;
  V ratio, classes;  // classes: how many are drawn; +inf if only one law draws one of them; NaN if there is no estimate

 private:
  struct law_temperature {  // with the names that a task of one law has
    const float* temperature;
    bool temperature_per_row;
  };
  GUMBELCUDA_INLINE void read_logits(std::int64_t n, V* p, V* q) const {
    p_logits_.read(part_.quad(n), V(-INFINITY), p);
    q_logits_.read(part_.quad(n), V(-INFINITY), q);
  }

  const Part& part_;
  V* slots_;
  row_noise noise_;
  std::uint64_t row_quads_;
  direct_memory<Stored> p_logits_, q_logits_;
};

template <class Stored, class Part>
GUMBELCUDA_INLINE void run_row(const concrete_kl_estimate_task& task, std::uint64_t row, const Part& part,
                               computed_of<Stored>* slots) {
  using V = computed_of<Stored>;
  using row_of = concrete_kl_row<Stored, Part>;
  const row_of of(task, row, part, slots);
  V total = V(0);
  for (int s = 0; s < task.samples; ++s) {
    const auto p = of.normalize(s, &row_of::quad::p), q = of.normalize(s, &row_of::quad::q);
    const V terms = of.sum(s, [&](const auto& w, int j) { return (w.p[j] - p.top) - (w.q[j] - q.top); });
    total = total + fma(-of.classes, log(p.total) - log(q.total), terms);
  }
  V kl = fma(of.classes - V(1), of.p_temperature.log_value - of.q_temperature.log_value, total / V(task.samples));
  if (of.classes == V(INFINITY)) kl = V(INFINITY);
  if (part.is_leader()) static_cast<V*>(task.kl)[row] = canonical(kl);
}

template <class Stored, class Part>
GUMBELCUDA_INLINE void run_row(const concrete_kl_estimate_vjp_task& task, std::uint64_t row, const Part& part,
                               computed_of<Stored>* slots) {
  using V = computed_of<Stored>;
  using row_of = concrete_kl_row<Stored, Part>;
  const row_of of(task, row, part, slots);
  const V d_kl = static_cast<const V*>(task.d_kl)[row] / V(task.samples), nothing = of.classes - of.classes;
  // −dkl/dw of q; dkl/dz is `ratio` times this.
  const auto minus_d_w = [&](const typename row_of::normalizer& q, V w) { return V(1) - of.classes * q.share(w); };
  typename row_of::normalizer q[max_kl_samples];
  V by_ratio = V(0);
  for (int s = 0; s < task.samples; ++s) {
    q[s] = of.normalize(s, &row_of::quad::q);
    if (!task.d_p_temperature && !task.d_q_temperature) continue;
    // The derivatives add up to 0, so any z may be the pivot.
    const V top = of.largest(s, &row_of::quad::z);
    by_ratio = by_ratio + of.sum(s, [&](const auto& w, int j) { return minus_d_w(q[s], w.q[j]) * (w.z[j] - top); });
  }
  if (part.is_leader()) {
    const V p_t = of.p_temperature.value, q_t = of.q_temperature.value, per_t = V(task.samples) * (of.classes - V(1));
    if (task.d_p_temperature)
      static_cast<V*>(task.d_p_temperature)[row] = canonical(d_kl * ((per_t - of.ratio * by_ratio) / p_t));
    if (task.d_q_temperature)
      static_cast<V*>(task.d_q_temperature)[row] = canonical(d_kl * (by_ratio / p_t - per_t / q_t));
  }
  if (!task.d_p_logits.data && !task.d_q_logits.data) return;
  direct_memory<Stored> d_p(task.classes), d_q(task.classes);
  if (task.d_p_logits.data) d_p.create(task.d_p_logits, row);
  if (task.d_q_logits.data) d_q.create(task.d_q_logits, row);
  for_each_quad(part, [&](std::int64_t n) {
    V p[quad_size], total[quad_size] = {nothing, nothing, nothing, nothing};
    for (int s = 0; s < task.samples; ++s) {
      typename row_of::quad w;
      of.read(s, n, w);
      GUMBELCUDA_UNROLL
      for (int j = 0; j < quad_size; ++j)
        if (!w.is_left_out(j)) total[j] = total[j] + minus_d_w(q[s], w.q[j]);
    }
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) {
      p[j] = d_kl * (of.ratio * total[j]);
      total[j] = -(d_kl * total[j]);
    }
    if (task.d_p_logits.data) d_p.write(part.quad(n), p);
    if (task.d_q_logits.data) d_q.write(part.quad(n), total);
  });
}

GUMBELCUDA_MATH_END
