// SPDX-License-Identifier: Apache-2.0
// Gumbels of a row given their argmax, and the Rao-Blackwellised straight-through gradient, for a part of a row
// (part.hpp). Maddison, Tarlow, Minka, arXiv:1411.0030; Paulus, Maddison, Krause, arXiv:2010.04838, eq. 4–6.
#pragma once

#include "gumbelcuda/detail/rows/kl_divergence.hpp"
#include "gumbelcuda/gumbel_rao.hpp"
#include "gumbelcuda/math/conditional.hpp"

GUMBELCUDA_MATH_BEGIN

// The argmax that a row's scores are conditioned on.
template <class V>
struct given_argmax {
  std::uint64_t index;
  V log_total;  // log Σ exp(logits); NaN if the row cannot have this argmax

  // The largest score: log Σ exp(logits) − log E_index, where the noise is −log E_k with E_k exponential.
  GUMBELCUDA_INLINE V top(const row_noise& noise) const { return log_total + class_gumbel<V>(noise, index); }
  // z: a quad's logits, which become its scores.
  GUMBELCUDA_INLINE void scores(const row_noise& noise, std::uint64_t quad, V top, V* z) const {
    const V below = next_below(top);
    V g[quad_size];
    quad_gumbels(noise, quad, g);
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) {
      const V score = score_below(z[j] + g[j], top, below);
      z[j] = quad * quad_size + std::uint64_t(j) == index ? top : score;
    }
  }
};

// logits(n, x) gives this part's quad n, −inf past the row's end; memory is open on the same logits.
template <class V, class Part, class Memory, class Logits>
GUMBELCUDA_INLINE given_argmax<V> given_argmax_of(const Part& part, std::uint64_t classes, std::int64_t index, V* slots,
                                                  const Memory& memory, Logits logits) {
  const log_normalizer<V> row = normalize_row<V>(part, slots, logits);
  const bool is_class = index >= 0 && std::uint64_t(index) < classes;
  const std::uint64_t k = is_class ? std::uint64_t(index) : 0;
  const bool possible = is_class && memory.read_one(k, V(0)) > V(-INFINITY);
  return {k, possible ? row.top + row.log_total : V(NAN)};
}

template <class Stored, class Part>
GUMBELCUDA_INLINE void run_row(const conditional_gumbel_task& task, std::uint64_t row, const Part& part,
                               computed_of<Stored>* slots) {
  using V = computed_of<Stored>;
  direct_memory<Stored> memory(task.classes);
  memory.open(task.logits, row);
  const auto logits = [&](std::int64_t n, V* x) { memory.read(part.quad(n), V(-INFINITY), x); };
  const auto given = given_argmax_of<V>(part, task.classes, task.index[row], slots, memory, logits);
  const row_noise noise = noise_of_row(part, task.noise, row);
  const V top = given.top(noise);
  memory.create(task.z, row);
  for_each_quad(part, [&](std::int64_t n) {
    V z[quad_size];
    logits(n, z);
    given.scores(noise, part.quad(n), top, z);
    memory.write(part.quad(n), z);
  });
}

// The gradient treats z as logits + a constant, as the paper's own code does: that the noise depends on the logits
// through the condition is not differentiated.
template <class Stored, class Part>
GUMBELCUDA_INLINE void run_row(const gumbel_rao_vjp_task& task, std::uint64_t row, const Part& part,
                               computed_of<Stored>* slots) {
  using V = computed_of<Stored>;
  direct_memory<Stored> memory(task.classes), d_memory(task.classes);
  memory.open(task.logits, row);
  d_memory.open(task.d_one_hot, row);
  const auto logits = [&](std::int64_t n, V* x) { memory.read(part.quad(n), V(-INFINITY), x); };
  const auto given = given_argmax_of<V>(part, task.classes, task.index[row], slots, memory, logits);
  const V temperature = temperature_of_row<V>(task, row), inverse = inverse_or_nan(temperature);
  const V scale = temperature == temperature ? gradient_scale(temperature) : temperature;
  const V pivot = d_memory.read_one(given.index, V(0));  // see tempered_softmax_vjp
  const row_noise outer_noise = noise_of_row(part, task.noise, row);
  const auto noise_of = [&](int s) {
    const std::uint64_t row_quads = (task.classes + quad_size - 1) / quad_size;
    return row_noise{outer_noise.stream, outer_noise.first_block + (std::uint64_t(s) + 1) * row_quads};
  };
  const auto centered_d = [&](std::int64_t n, V* d) {
    d_memory.read(part.quad(n), V(0), d);
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) d[j] = d[j] - pivot;
  };
  // All that the last sweep needs to know about a sample.
  struct sample {
    V top, inverse_total, mean;
  } samples[max_inner_samples];
  const auto exponentials = [&](int s, std::int64_t n, V top, V* e) {
    const tempered_gap<V> gap(top, inverse);
    logits(n, e);
    given.scores(noise_of(s), part.quad(n), top, e);
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) e[j] = softmax_term(e[j], gap);
  };
  for (int s = 0; s < task.inner_samples; ++s) {
    const V top = given.top(noise_of(s));
    const V total = row_sum(part, slots, [&](std::int64_t n, V* e) { exponentials(s, n, top, e); });
    const V inverse_total = V(1) / total;
    const V mean = row_sum(part, slots, [&](std::int64_t n, V* t) {
      V d[quad_size];
      exponentials(s, n, top, t);
      centered_d(n, d);
      GUMBELCUDA_UNROLL
      for (int j = 0; j < quad_size; ++j) t[j] = (t[j] * inverse_total) * d[j];
    });
    samples[s] = {top, inverse_total, mean};
  }
  d_memory.create(task.d_logits, row);
  for_each_quad(part, [&](std::int64_t n) {
    V d[quad_size], sum[quad_size] = {};
    centered_d(n, d);
    for (int s = 0; s < task.inner_samples; ++s) {
      V y[quad_size];
      exponentials(s, n, samples[s].top, y);
      GUMBELCUDA_UNROLL
      for (int j = 0; j < quad_size; ++j)
        sum[j] = sum[j] + softmax_term_vjp(y[j] * samples[s].inverse_total, d[j], samples[s].mean, scale);
    }
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) sum[j] = sum[j] / V(task.inner_samples);
    d_memory.write(part.quad(n), sum);
  });
}

GUMBELCUDA_MATH_END
