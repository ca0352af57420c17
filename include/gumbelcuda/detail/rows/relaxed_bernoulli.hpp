// SPDX-License-Identifier: Apache-2.0
// Relaxed Bernoulli variables (binary Concrete), their vector-Jacobian product and their log density, for a part of a
// row (part.hpp). Every element is its own variable; a row shares τ.
#pragma once

#include "gumbelcuda/detail/rows/concrete.hpp"
#include "gumbelcuda/relaxed_bernoulli.hpp"

GUMBELCUDA_MATH_BEGIN

// Logistic variate of a word: log((1 − v)/v) for the v that the word stands for (device/noise.hpp), computed from its
// distance h from the nearer end of (0, 1). The variate of ~x is minus that of x. A word near either end is extended.
// Output: float in ±[0, 45.06]. Error: 4e-7·max(1, |result|) (float), 1e-15·max(1, |result|) (double).
template <class V>
GUMBELCUDA_INLINE V logistic(std::uint32_t x, std::uint32_t extension) {
  const std::uint32_t folded = fold_word(x);
  const V low = folded < tail_words ? fma(V(extension), V(0x1p-64f), V(0x1p-65f)) : V(0x1p-33f);
  const V h = fma(convert_word<V>(folded), V(0x1p-32f), low);
  const V size = log((V(1) - h) / h);
  return word_is_low(x) ? size : -size;
}

template <class V>
GUMBELCUDA_INLINE void quad_logistics(const row_noise& noise, std::uint64_t quad, V* l) {
  const philox_block<std::uint32_t> words = noise.words(quad);
  bool in_tail = false;
  GUMBELCUDA_UNROLL
  for (int j = 0; j < quad_size; ++j) in_tail = in_tail || fold_word(words.word[j]) < tail_words;
  philox_block<std::uint32_t> extensions{};
  if (in_tail) extensions = noise.extensions(quad);
  GUMBELCUDA_UNROLL
  for (int j = 0; j < quad_size; ++j) l[j] = logistic<V>(words.word[j], extensions.word[j]);
}

// y = sigmoid(z/τ). At τ = 0 it is the limit: 1 where z is above 0, and 0 elsewhere.
template <class V>
GUMBELCUDA_INLINE V relaxed_step(V z, V temperature) {
  const V hard = z > V(0) ? V(1) : V(0);
  return temperature == V(0) && z == z ? hard : sigmoid(z * inverse_or_nan(temperature));
}

template <class V>
GUMBELCUDA_INLINE V log_odds(V y) {
  return log_full_range(y) - log_full_range(V(1) - y);
}

// log τ + w − 2·log(1 + e^w) − log y − log(1 − y) with w = logit − τ·(log y − log(1 − y)). At y = 0 and 1 it is the
// limit, which goes like (τ − 1)·log y.
template <class V>
GUMBELCUDA_INLINE V relaxed_bernoulli_log_prob_of(V logit, V y, const density_temperature<V>& t) {
  const V log_y = log_full_range(y), log_rest = log_full_range(V(1) - y);
  if (y == V(0) || y == V(1)) {
    const V end = y == V(0) ? -logit : logit;
    if (!(abs(end) < V(INFINITY)) || !(t.value < V(1) || t.value > V(1))) return end + t.log_value;
    return t.value < V(1) ? V(INFINITY) : V(-INFINITY);
  }
  const V w = abs(logit) == V(INFINITY) ? logit : fma(-t.value, log_y - log_rest, logit), far = abs(w);
  return ((t.log_value - (far + V(2) * softplus(-far))) - log_y) - log_rest;
}

// z of a part's quads: logits plus logistic noise.
template <class V, class Part, class Memory>
GUMBELCUDA_INLINE void read_logistic_scores(const row_noise& noise, const Part& part, const Memory& memory,
                                            std::int64_t n, V* z) {
  V l[quad_size];
  quad_logistics(noise, part.quad(n), l);
  memory.read(part.quad(n), V(0), z);
  GUMBELCUDA_UNROLL
  for (int j = 0; j < quad_size; ++j) z[j] = z[j] + l[j];
}

template <class Stored, class Part>
GUMBELCUDA_INLINE void run_row(const relaxed_bernoulli_task& task, std::uint64_t row, const Part& part,
                               computed_of<Stored>* /*slots*/) {
  using V = computed_of<Stored>;
  const V temperature = temperature_of_row<V>(task, row);
  const row_noise noise = noise_of_row(part, task.noise, row);
  direct_memory<Stored> logits(task.classes), soft(task.classes), hard(task.classes);
  logits.open(task.logits, row);
  if (task.y.data) soft.create(task.y, row);
  if (task.hard.data) hard.create(task.hard, row);
  for_each_quad(part, [&](std::int64_t n) {
    V z[quad_size], y[quad_size], step[quad_size];
    read_logistic_scores(noise, part, logits, n, z);
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) {
      y[j] = relaxed_step(z[j], temperature);
      step[j] = temperature == temperature ? relaxed_step(z[j], V(0)) : temperature;
    }
    if (task.y.data) soft.write(part.quad(n), y);
    if (task.hard.data) hard.write(part.quad(n), step);
  });
}

template <class Stored, class Part>
GUMBELCUDA_INLINE void run_row(const relaxed_bernoulli_vjp_task& task, std::uint64_t row, const Part& part,
                               computed_of<Stored>* slots) {
  using V = computed_of<Stored>;
  const V temperature = temperature_of_row<V>(task, row);
  const V scale = temperature == temperature ? gradient_scale(temperature) : temperature;
  direct_memory<Stored> given(task.classes), upstream(task.classes), d_logits(task.classes);
  given.open(task.y.data ? task.y : task.logits, row);
  upstream.open(task.d_y, row);
  // d_logits of the part's quad n, and y. Both are 0 past the row's end.
  const auto back = [&](std::int64_t n, V* d, V* y) {
    if (task.y.data) {
      given.read(part.quad(n), V(0), y);
    } else {
      // noise_of_row() is called here, so that it takes no registers if y is an input.
      read_logistic_scores(noise_of_row(part, task.noise, row), part, given, n, y);
      GUMBELCUDA_UNROLL
      for (int j = 0; j < quad_size; ++j) y[j] = relaxed_step(y[j], temperature);
    }
    upstream.read(part.quad(n), V(0), d);
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) d[j] = ((y[j] * (V(1) - y[j])) * d[j]) * scale;
  };
  if (task.d_temperature) {
    // −Σ_k (dL/dlogits_k)·z_k/τ. z/τ is the log odds of y; its factor is 0 where y is 0 or 1.
    const V total = row_sum(part, slots, [&](std::int64_t n, V* t) {
      V y[quad_size];
      back(n, t, y);
      GUMBELCUDA_UNROLL
      for (int j = 0; j < quad_size; ++j)
        if (y[j] > V(0) && y[j] < V(1)) t[j] = t[j] * log_odds(y[j]);
    });
    if (part.is_leader()) static_cast<V*>(task.d_temperature)[row] = canonical(-total);
  }
  if (!task.d_logits.data) return;
  d_logits.create(task.d_logits, row);
  for_each_quad(part, [&](std::int64_t n) {
    V d[quad_size], y[quad_size];
    back(n, d, y);
    d_logits.write(part.quad(n), d);
  });
}

template <class Stored, class Part>
GUMBELCUDA_INLINE void run_row(const relaxed_bernoulli_log_prob_task& task, std::uint64_t row, const Part& part,
                               computed_of<Stored>* /*slots*/) {
  using V = computed_of<Stored>;
  const density_temperature<V> t(task, row);
  direct_memory<Stored> logits(task.classes), values(task.classes), log_probs(task.classes);
  logits.open(task.logits, row);
  values.open(task.y, row);
  log_probs.create(task.log_prob, row);
  for_each_quad(part, [&](std::int64_t n) {
    V logit[quad_size], y[quad_size], log_prob[quad_size];
    logits.read(part.quad(n), V(0), logit);
    values.read(part.quad(n), V(0), y);
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) log_prob[j] = relaxed_bernoulli_log_prob_of(logit[j], y[j], t);
    log_probs.write(part.quad(n), log_prob);
  });
}

GUMBELCUDA_MATH_END
