// SPDX-License-Identifier: Apache-2.0
// Draws from one row of logits or of probabilities, for a part of the row (part.hpp): Gumbel-max (gumbel_max.hpp) over
// the classes that the filters (filters.hpp) leave, with a temperature.
//
// With τ ≤ 1 the draw is argmax(logits + τ·g), with τ > 1 the same times a power of two. Each score is rounded once,
// and ties are broken by what rounding took (exact_score.hpp). So nothing overflows, whatever τ is. At τ = 0 the noise
// is gone; with τ = 1 the draw is that of gumbel_max.
#pragma once

#include "gumbelcuda/categorical_sample.hpp"
#include "gumbelcuda/detail/rows/draw_groups.hpp"
#include "gumbelcuda/detail/rows/filters.hpp"
#include "gumbelcuda/detail/rows/gumbel.hpp"

GUMBELCUDA_MATH_BEGIN

// The most that storing takes from a number: half a unit in its last place, and for float16 half the smallest number.
template <class Stored>
inline constexpr double rounding_of = 0x1p-24;
template <>
inline constexpr double rounding_of<float16> = 0x1p-11;
template <>
inline constexpr double rounding_of<bfloat16> = 0x1p-8;
template <>
inline constexpr double rounding_of<double> = 0x1p-53;
template <class Stored>
inline constexpr double underflow_of = 0;
template <>
inline constexpr double underflow_of<float16> = 0x1p-25;

// How far rounding can take the sum of n = `classes` probabilities from 1: n − 1 additions and a division where they
// were computed, at most n additions here, and storing.
template <class Stored>
GUMBELCUDA_INLINE computed_of<Stored> sum_tolerance(std::uint64_t classes) {
  using V = computed_of<Stored>;
  return fma(V(classes), V(2 * rounding_of<V> + underflow_of<Stored>), V(rounding_of<Stored>));
}

template <class Stored, class Part, class Memory>
GUMBELCUDA_INLINE bool looks_like_probabilities(const Part& part, std::uint64_t classes, const Memory& memory,
                                                typename Memory::V* slots) {
  using V = typename Memory::V;
  using S = scalar_of<V>;
  V outside = V(0);
  for_each_quad(part, [&](std::int64_t n) {
    V x[quad_size];
    memory.read(part.quad(n), V(0), x);
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) outside = max(outside, select(min(max(x[j], V(0)), V(1)) == x[j], V(0), V(1)));
  });
  const bool inside = part.max(outside) == S(0);
  const S sum = row_sum(part, slots, [&](std::int64_t n, V* x) { memory.read(part.quad(n), V(0), x); });
  return classes >= 2 && inside && abs(sum - S(1)) <= sum_tolerance<Stored>(classes);
}

GUMBELCUDA_INLINE bool has_filters(const categorical_sample_task& task) {
  return task.top_k || task.top_p || task.min_p;
}

// τ and filters of a row, and whether they are in range.
template <class S>
struct row_sampling {
  S temperature = S(1), inverse_temperature = S(1);
  row_filters filters{};
  bool allowed = true;

  // At τ = 0 the score is the logit alone.
  GUMBELCUDA_INLINE scaled_score<S> score() const { return scaled_score<S>::of_temperature(temperature); }
};

template <class S>
GUMBELCUDA_INLINE row_sampling<S> sampling_of_row(const categorical_sample_task& task, std::uint64_t row) {
  row_sampling<S> sampling;
  if (task.temperature) {
    const S temperature = temperature_of_row<S>(task, row);
    sampling.allowed = temperature == temperature;
    if (sampling.allowed)
      sampling.temperature = temperature, sampling.inverse_temperature = inverse_temperature(temperature);
  }
  row_filters& filters = sampling.filters;
  if (task.top_k) filters.top_k = task.top_k[task.top_k_per_row ? row : 0];
  if (task.top_p) filters.top_p = task.top_p[task.top_p_per_row ? row : 0];
  if (task.min_p) filters.min_p = task.min_p[task.min_p_per_row ? row : 0];
  sampling.allowed =
      sampling.allowed && filters.top_p > 0 && filters.top_p <= 1 && filters.min_p >= 0 && filters.min_p <= 1;
  return sampling;
}

// Draws one group of a row's draws and writes the row's status. logits(n, x) gives the part's quad n of the classes
// that are left, −inf for the others and past the row's end; logit_of(k) gives that of any class. If `refused` is not
// `drawn`, the row must not be drawn from, and gets this status.
template <class V, class Part, class Task, class Logits, class LogitOf>
GUMBELCUDA_INLINE void draw_from_row(const Task& task, const draw_group& at, const Part& part, V* slots,
                                     const row_sampling<scalar_of<V>>& sampling, row_status refused, Logits logits,
                                     LogitOf logit_of) {
  using S = scalar_of<V>;
  S top = S(0), log_total = S(0);
  if (task.log_prob) {
    top = row_max<V>(part, logits);
    const tempered_gap<V> gap{V(top), V(sampling.inverse_temperature)};
    const S total = row_sum(part, slots, [&](std::int64_t n, V* e) {
      logits(n, e);
      GUMBELCUDA_UNROLL
      for (int j = 0; j < quad_size; ++j) e[j] = softmax_term(e[j], gap);
    });
    log_total = total == total && sampling.temperature > S(0) ? log(total) : S(0);
  }
  const tempered_gap<S> gap(top, sampling.inverse_temperature);
  const scaled_score<S> score = sampling.score();
  const row_noise first_noise = noise_of_row(part, task.noise, at.row);
  const std::uint64_t blocks = (task.classes + quad_size - 1) / quad_size;  // per draw
  row_status status = refused;
  for (std::uint64_t d = at.first; d < at.first + at.steps; ++d) {
    const row_noise noise{first_noise.stream, first_noise.first_block + d * blocks};
    const best_class<S> best = gumbel_max_row<V>(part, noise, logits, score);
    if (refused == row_status::drawn) status = status_of(best);
    if (!part.is_leader() || d >= task.draws) continue;
    const bool drawn = status == row_status::drawn;
    const std::uint64_t draw = at.row * task.draws + d;
    // + 0 below: which of −0 and 0 is `top` depends on the part.
    store_index(task, draw, drawn ? std::int64_t(best.index) : -1);
    if (task.log_prob)
      static_cast<S*>(task.log_prob)[draw] = drawn ? gap(logit_of(best.index)) - log_total + S(0) : canonical(S(NAN));
  }
  if (task.status && at.first == 0 && part.is_leader()) task.status[at.row] = status;
}

template <class Stored, bool Filtered, class Part, class Memory>
GUMBELCUDA_INLINE void categorical_sample_of_row(const categorical_sample_task& task, const draw_group& at,
                                                 const Part& part, Memory& memory, typename Memory::V* slots) {
  using V = typename Memory::V;
  using S = scalar_of<V>;
  memory.open(task.logits, at.row);
  const row_sampling<S> sampling = sampling_of_row<S>(task, at.row);
  row_status refused = sampling.allowed ? row_status::drawn : row_status::bad_parameter;
  if (task.reject_probabilities && looks_like_probabilities<Stored>(part, task.classes, memory, slots) &&
      sampling.allowed)
    refused = row_status::looks_like_probabilities;
  const auto logit_of = [&](std::uint64_t k) { return memory.read_one(k, S(0)); };
  const auto logits = [=](std::int64_t n, V* x) { memory.read(part.quad(n), V(-INFINITY), x); };
  if constexpr (!Filtered) {
    draw_from_row<V>(task, at, part, slots, sampling, refused, logits, logit_of);
  } else {
    S threshold = S(-INFINITY);
    if (refused == row_status::drawn && sampling.temperature > S(0) && sampling.filters.are_on(task.classes)) {
      V largest = V(S(-INFINITY)), spoiled = V(S(0));
      for_each_quad(part, [&](std::int64_t n) {
        V x[quad_size];
        logits(n, x);
        GUMBELCUDA_UNROLL
        for (int j = 0; j < quad_size; ++j) {
          largest = max(largest, x[j]);
          spoiled = select(x[j] < V(S(INFINITY)), spoiled, V(S(1)));
        }
      });
      const S top = part.max(largest);
      if (part.max(spoiled) == S(0) && top > S(-INFINITY))
        threshold = filter_threshold<Stored, V>(part, task.classes, sampling.filters, top, sampling.temperature,
                                                sampling.inverse_temperature, logits);
    }
    draw_from_row<V>(
        task, at, part, slots, sampling, refused,
        [=](std::int64_t n, V* x) {
          logits(n, x);
          GUMBELCUDA_UNROLL
          for (int j = 0; j < quad_size; ++j) x[j] = select(x[j] < V(threshold), V(-INFINITY), x[j]);
        },
        logit_of);
  }
}

template <class Stored, class Part, class Memory>
GUMBELCUDA_INLINE void categorical_sample_of_row(const categorical_sample_from_probabilities_task& task,
                                                 const draw_group& at, const Part& part, Memory& memory,
                                                 typename Memory::V* slots) {
  using V = typename Memory::V;
  using S = scalar_of<V>;
  memory.open(task.probabilities, at.row);
  draw_from_row<V>(
      task, at, part, slots, row_sampling<S>{}, row_status::drawn,
      [=](std::int64_t n, V* x) {
        memory.read(part.quad(n), V(0), x);
        GUMBELCUDA_UNROLL
        for (int j = 0; j < quad_size; ++j) x[j] = log_full_range(x[j]);
      },
      [&](std::uint64_t k) { return log_full_range(memory.read_one(k, S(0))); });
}

GUMBELCUDA_MATH_END
