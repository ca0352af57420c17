// SPDX-License-Identifier: Apache-2.0
// Log density of the Concrete distribution and its vector-Jacobian product, for a part of a row (part.hpp).
// gumbelcuda/concrete.hpp has the formula. With w_k = logits_k − τ·log y_k it is
//
//   log (K−1)! + (K−1)·log τ + Σ_k (w_k − w_max − log y_k) − K·log Σ_k exp(w_k − w_max)
//
// where no large w are left that would cancel.
#pragma once

#include "gumbelcuda/concrete.hpp"
#include "gumbelcuda/detail/rows/gumbel.hpp"

GUMBELCUDA_MATH_BEGIN

// log (n − 1)!, n ≥ 1. Error: below 16, n·half an ulp of the product; above, that of the terms of Stirling's series,
// whose rest is below 2e-16.
template <class V>
GUMBELCUDA_INLINE V log_factorial_below(V n) {
  if (n < V(16)) {
    V product = V(1);
    for (V i = V(2); i < n; i = i + V(1)) product = product * i;
    return log(product);
  }
  const V r = V(1) / n, r2 = r * r;
  V rest = fma(r2, V(scalar_of<V>(1. / 1188)), V(scalar_of<V>(-1. / 1680)));
  rest = fma(r2, rest, V(scalar_of<V>(1. / 1260)));
  rest = fma(r2, rest, V(scalar_of<V>(-1. / 360)));
  rest = fma(r2, rest, V(scalar_of<V>(1. / 12)));
  const V half_log_two_pi = V(scalar_of<V>(0.91893853320467274178));
  return fma(n - V(scalar_of<V>(0.5)), log(n), -n) + fma(r, rest, half_log_two_pi);
}

// τ of a row and its logarithm; NaN if τ is not above 0 and finite. In double even a subnormal τ has a logarithm.
template <class V>
struct density_temperature {
  V value, log_value;
  template <class Task>
  GUMBELCUDA_INLINE density_temperature(const Task& task, std::uint64_t row) {
    const V given = temperature_of_row<V>(task, row);
    value = given > V(0) ? given : V(NAN);
    log_value = given > V(0) ? V(log(double(given))) : V(NAN);
  }
};

// What a class adds to the density.
template <class V>
struct concrete_class {
  V logit, log_value;
  V w;  // +inf for an empty value; −inf for logit −inf

  GUMBELCUDA_INLINE bool has_no_value() const { return log_value == V(-INFINITY); }
  GUMBELCUDA_INLINE bool is_left_out() const { return has_no_value() && logit == V(-INFINITY); }
  // What takes part in the softmax: w. If classes have an empty value (the boundary), their w outgrow all others and
  // cancel among themselves, so that only their logits are left.
  GUMBELCUDA_INLINE V rival(bool at_boundary) const {
    if (is_left_out()) return V(-INFINITY);
    return !at_boundary ? w : has_no_value() ? logit : w - V(INFINITY);  // w may be NaN
  }
};

// A row of the density's arguments, and the sums that the density and its derivatives share.
template <class Stored, class Part>
class concrete_row {
 public:
  using V = computed_of<Stored>;

  template <class Task>
  GUMBELCUDA_INLINE concrete_row(const Task& task, std::uint64_t row, const Part& part, V* slots)
      : temperature(task, row),
        part_(part),
        slots_(slots),
        logits_(task.classes),
        values_(task.classes),
        log_domain_(task.log_domain) {
    logits_.open(task.logits, row);
    values_.open(task.value, row);
    top = top_of([](const concrete_class<V>& c) { return c.is_left_out() ? V(-INFINITY) : c.w; });
    const V kind = part.max(top == V(INFINITY) ? V(2) : top == largest ? V(1) : V(0));
    at_boundary = kind == V(2);  // the same in all parts, even if top is NaN
    is_far_ = kind == V(1);
    if (at_boundary) top = top_of([](const concrete_class<V>& c) { return c.rival(true); });
    if (is_far_) top = top_of([](const concrete_class<V>& c) { return c.is_left_out() ? V(-INFINITY) : c.w; });
    total = sum([&](const concrete_class<V>& c) { return weight(c); });
    classes = sum([](const concrete_class<V>& c) { return c.is_left_out() ? V(0) : V(1); });
  }

  // The four classes of the part's quad n. Those past the row's end are left out.
  GUMBELCUDA_INLINE void read(std::int64_t n, concrete_class<V>* c) const {
    V logit[quad_size], value[quad_size];
    logits_.read(part_.quad(n), V(-INFINITY), logit);
    values_.read(part_.quad(n), log_domain_ ? V(-INFINITY) : V(0), value);
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) {
      c[j].logit = logit[j] < V(INFINITY) ? logit[j] : V(NAN);
      c[j].log_value = log_domain_ ? (value[j] < V(INFINITY) ? value[j] : V(NAN)) : log_full_range(value[j]);
      // w is bounded, so that only an empty value gives +inf. NaN, the second operand, passes.
      c[j].w = c[j].has_no_value() ? c[j].logit + V(INFINITY)
               : is_far_           ? fma(-(temperature.value * unit), c[j].log_value * unit, (c[j].logit * unit) * unit)
                                   : min(V(largest), fma(-temperature.value, c[j].log_value, c[j].logit));
    }
  }
  // The distance of a class's w, or rival(), from the largest.
  GUMBELCUDA_INLINE V gap(V w) const { return is_far_ ? ((w - top) * V(1 / unit)) * V(1 / unit) : w - top; }
  template <class Term>
  GUMBELCUDA_INLINE V sum(Term term) const {
    return row_sum(part_, slots_, [&](std::int64_t n, V* t) {
      concrete_class<V> c[quad_size];
      read(n, c);
      GUMBELCUDA_UNROLL
      for (int j = 0; j < quad_size; ++j) t[j] = term(c[j]);
    });
  }
  GUMBELCUDA_INLINE V weight(const concrete_class<V>& c) const { return exp_nonpositive(gap(c.rival(at_boundary))); }
  // dlog_prob/dlogit: 1 − K·softmax(w)_k. NaN in the whole row if it has no density.
  GUMBELCUDA_INLINE V d_logit(const concrete_class<V>& c) const {
    return c.is_left_out() ? total - total : V(1) - classes * (weight(c) / total);
  }

  density_temperature<V> temperature;
  V top, total, classes;
  bool at_boundary;

 private:
  // If a w overflows, w is in units of unit^-2: then any τ·log y is finite.
  static constexpr scalar_of<V> unit = 0x1p-65;
  static constexpr auto largest = scalar_of<V>(sizeof(scalar_of<V>) == 4 ? 0x1.fffffep+127 : 0x1.fffffffffffffp+1023);

  template <class Of>
  GUMBELCUDA_INLINE V top_of(Of of) const {
    return row_max<V>(part_, [&](std::int64_t n, V* x) {
      concrete_class<V> c[quad_size];
      read(n, c);
      GUMBELCUDA_UNROLL
      for (int j = 0; j < quad_size; ++j) x[j] = of(c[j]);
    });
  }

  const Part& part_;
  V* slots_;
  direct_memory<Stored> logits_, values_;
  bool log_domain_, is_far_ = false;
};

template <class Stored, class Part>
GUMBELCUDA_INLINE void run_row(const concrete_log_prob_task& task, std::uint64_t row, const Part& part,
                               computed_of<Stored>* slots) {
  using V = computed_of<Stored>;
  const concrete_row<Stored, Part> of(task, row, part, slots);
  const V jacobian = task.log_domain ? V(0) : V(1);
  const V terms = of.sum([&](const concrete_class<V>& c) {
    return c.is_left_out() ? V(0) : c.has_no_value() ? of.gap(c.logit) : of.gap(c.w) - jacobian * c.log_value;
  });
  const V empty = of.sum([](const concrete_class<V>& c) { return c.has_no_value() && !c.is_left_out() ? V(1) : V(0); });
  if (!part.is_leader()) return;
  V log_prob = V(NAN);
  if (of.total == of.total && of.temperature.value == of.temperature.value)
    log_prob = fma(of.classes - V(1), of.temperature.log_value, log_factorial_below(of.classes)) +
               fma(-of.classes, log(of.total), terms);
  if (of.at_boundary && log_prob > V(-INFINITY)) {
    const V drop = fma(of.classes - empty, of.temperature.value, -jacobian * empty);
    if (drop != V(0)) log_prob = drop > V(0) ? V(-INFINITY) : V(INFINITY);
  }
  static_cast<V*>(task.log_prob)[row] = canonical(log_prob);
}

template <class Stored, class Part>
GUMBELCUDA_INLINE void run_row(const concrete_log_prob_vjp_task& task, std::uint64_t row, const Part& part,
                               computed_of<Stored>* slots) {
  using V = computed_of<Stored>;
  const concrete_row<Stored, Part> of(task, row, part, slots);
  const V d_log_prob = static_cast<const V*>(task.d_log_prob)[row];
  if (task.d_temperature) {
    const V pull = of.sum([&](const concrete_class<V>& c) {
      return c.has_no_value() ? of.total - of.total : c.log_value * of.d_logit(c);
    });
    if (part.is_leader())
      static_cast<V*>(task.d_temperature)[row] =
          canonical(d_log_prob * ((of.classes - V(1)) / of.temperature.value - pull));
  }
  if (!task.d_logits.data && !task.d_value.data) return;
  const V jacobian = task.log_domain ? V(0) : V(1), nothing = of.total - of.total;
  direct_memory<Stored> values(task.classes), d_logits(task.classes), d_values(task.classes);
  values.open(task.value, row);
  if (task.d_logits.data) d_logits.create(task.d_logits, row);
  if (task.d_value.data) d_values.create(task.d_value, row);
  for_each_quad(part, [&](std::int64_t n) {
    concrete_class<V> c[quad_size];
    V y[quad_size], d[quad_size], d_value[quad_size];
    of.read(n, c);
    values.read(part.quad(n), V(0), y);
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) {
      const V of_logit = of.d_logit(c[j]), of_log = fma(-of.temperature.value, of_logit, -jacobian);
      d[j] = d_log_prob * of_logit;
      d_value[j] = d_log_prob * (c[j].has_no_value() ? nothing : task.log_domain ? of_log : of_log / y[j]);
    }
    if (task.d_logits.data) d_logits.write(part.quad(n), d);
    if (task.d_value.data) d_values.write(part.quad(n), d_value);
  });
}

GUMBELCUDA_MATH_END
