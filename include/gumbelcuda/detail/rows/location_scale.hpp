// SPDX-License-Identifier: Apache-2.0
// Samples location + scale·noise and their log densities, each with its vector-Jacobian product, for a part of a row
// (part.hpp). Every element is a variable of its own.
#pragma once

#include "gumbelcuda/detail/rows/concrete.hpp"
#include "gumbelcuda/detail/rows/parameters.hpp"
#include "gumbelcuda/location_scale.hpp"
#include "gumbelcuda/math/normal.hpp"

GUMBELCUDA_MATH_BEGIN

// Standard normal variate of a word. A word near either end is extended, as in device/noise.hpp. The variate of ~x is
// minus that of x. Output: ±[2.9e-10, 9.1553]. Relative error: 3.5e-7 (float), 1e-15 (double).
template <class V>
GUMBELCUDA_INLINE V normal(std::uint32_t x, std::uint32_t extension) {
  const std::uint32_t folded = fold_word(x);
  if (folded >= tail_words) return normal<V>(x);
  const V h = fma(V(folded), V(0x1p-32f), fma(V(extension), V(0x1p-64f), V(0x1p-65f)));
  const V n = normal_quantile(V(1) - V(2) * h, h);
  return word_is_low(x) ? n : -n;
}

template <class V>
GUMBELCUDA_INLINE void quad_normals(const row_noise& noise, std::uint64_t quad, V* n) {
  const philox_block<std::uint32_t> words = noise.words(quad);
  bool in_tail = false;
  GUMBELCUDA_UNROLL
  for (int j = 0; j < quad_size; ++j) in_tail = in_tail || fold_word(words.word[j]) < tail_words;
  philox_block<std::uint32_t> extensions{};
  if (in_tail) extensions = noise.extensions(quad);
  GUMBELCUDA_UNROLL
  for (int j = 0; j < quad_size; ++j) n[j] = normal<V>(words.word[j], extensions.word[j]);
}

template <class V>
GUMBELCUDA_INLINE void quad_noise(noise_law law, const row_noise& noise, std::uint64_t quad, V* e) {
  if (law == noise_law::gumbel)
    quad_gumbels(noise, quad, e);
  else
    quad_normals(noise, quad, e);
}

template <class Stored, class Part>
GUMBELCUDA_INLINE void run_row(const location_scale_sample_task& task, std::uint64_t row, const Part& part,
                               computed_of<Stored>* /*slots*/) {
  using V = computed_of<Stored>;
  const row_noise noise = noise_of_row(part, task.noise, row);
  const parameter_row<Stored> locations(task.location, row, task.classes), scales(task.scale, row, task.classes);
  direct_memory<Stored> samples(task.classes);
  samples.create(task.sample, row);
  for_each_quad(part, [&](std::int64_t n) {
    V x[quad_size], location[quad_size], scale[quad_size];
    quad_noise(task.law, noise, part.quad(n), x);
    locations.read(part.quad(n), location);
    scales.read(part.quad(n), scale);
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j)
      x[j] = scale[j] >= V(0) && scale[j] < V(INFINITY) ? fma(scale[j], x[j], location[j]) : V(NAN);
    samples.write(part.quad(n), x);
  });
}

template <class Stored, class Part>
GUMBELCUDA_INLINE void run_row(const location_scale_sample_vjp_task& task, std::uint64_t row, const Part& part,
                               computed_of<Stored>* slots) {
  using V = computed_of<Stored>;
  const row_noise noise = noise_of_row(part, task.noise, row);
  direct_memory<Stored> upstream(task.classes);
  upstream.open(task.d_sample, row);
  const auto d_location = [&](std::int64_t n, V* d) { upstream.read(part.quad(n), V(0), d); };
  const auto d_scale = [&](std::int64_t n, V* d) {
    V e[quad_size];
    quad_noise(task.law, noise, part.quad(n), e);
    d_location(n, d);
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) d[j] = d[j] * e[j];
  };
  sum_gradient(task.d_location, row, part, slots, d_location);
  sum_gradient(task.d_scale, row, part, slots, d_scale);
  const element_gradients<Stored> of_location(task.d_location, row, task.classes);
  const element_gradients<Stored> of_scale(task.d_scale, row, task.classes);
  if (!of_location.wanted() && !of_scale.wanted()) return;
  for_each_quad(part, [&](std::int64_t n) {
    V location[quad_size], scale[quad_size] = {};
    d_location(n, location);
    if (of_scale.wanted()) d_scale(n, scale);
    of_location.write(part.quad(n), location);
    of_scale.write(part.quad(n), scale);
  });
}

// The density at one number.
template <class V>
struct location_scale_density {
  V scale, z;  // NaN if there is no density

  GUMBELCUDA_INLINE location_scale_density(V value, V location, V scale_)
      : scale(scale_ > V(0) && scale_ < V(INFINITY) && abs(location) < V(INFINITY) ? scale_ : V(NAN)),
        z(standardize(value, location, scale)) {}

  GUMBELCUDA_INLINE V log_prob(noise_law law) const {
    const V half_log_two_pi = V(scalar_of<V>(0.91893853320467274178));
    const V standard = law == noise_law::gumbel ? gumbel_distribution<V>::standard_log_prob(z)
                                                : fma(V(-0.5f) * z, z, -half_log_two_pi);
    return standard - log_full_range(scale);
  }
  // −dlog_prob/dz. Without fma: compilers make one instruction of a negated fma, which gives a result of 0 the other
  // sign.
  GUMBELCUDA_INLINE V minus_score(noise_law law) const {
    return law == noise_law::gumbel ? V(2) * (V(0.5f) - half_exp(-z)) : z;
  }
  GUMBELCUDA_INLINE V d_value(noise_law law, V d_log_prob) const {
    return scaled(d_log_prob, -minus_score(law) / scale);
  }
  // The product with z is scaled down in between, so that if e^−z is finite only the result can overflow.
  GUMBELCUDA_INLINE V d_scale(noise_law law, V d_log_prob) const {
    const V small = V(0x1p-10f);
    const V score = law == noise_law::gumbel ? fma(V(-2) * small, half_exp(-z), small) : small * z;
    return scaled(d_log_prob, (fma(score, z, -small) / scale) * V(1024));
  }

 private:
  GUMBELCUDA_INLINE static V scaled(V d_log_prob, V slope) {
    return d_log_prob == V(0) && slope == slope ? V(0) : d_log_prob * slope;
  }
};

// The densities at the numbers of a row.
template <class Stored>
class density_row {
 public:
  using V = computed_of<Stored>;

  template <class Task>
  GUMBELCUDA_INLINE density_row(const Task& task, std::uint64_t row)
      : values_(task.classes), locations_(task.location, row, task.classes), scales_(task.scale, row, task.classes) {
    values_.open(task.value, row);
  }
  // Calls terms(j, density) for the four of a quad.
  template <class Terms>
  GUMBELCUDA_INLINE void operator()(std::uint64_t quad, Terms terms) const {
    V value[quad_size], location[quad_size], scale[quad_size];
    values_.read(quad, V(0), value);
    locations_.read(quad, location);
    scales_.read(quad, scale);
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) terms(j, location_scale_density<V>(value[j], location[j], scale[j]));
  }

 private:
  direct_memory<Stored> values_;
  parameter_row<Stored> locations_, scales_;
};

template <class Stored, class Part>
GUMBELCUDA_INLINE void run_row(const location_scale_log_prob_task& task, std::uint64_t row, const Part& part,
                               computed_of<Stored>* /*slots*/) {
  using V = computed_of<Stored>;
  const density_row<Stored> densities(task, row);
  direct_memory<Stored> log_probs(task.classes);
  log_probs.create(task.log_prob, row);
  for_each_quad(part, [&](std::int64_t n) {
    V x[quad_size];
    densities(part.quad(n), [&](int j, const location_scale_density<V>& of) { x[j] = of.log_prob(task.law); });
    log_probs.write(part.quad(n), x);
  });
}

template <class Stored, class Part>
GUMBELCUDA_INLINE void run_row(const location_scale_log_prob_vjp_task& task, std::uint64_t row, const Part& part,
                               computed_of<Stored>* slots) {
  using V = computed_of<Stored>;
  const density_row<Stored> densities(task, row);
  direct_memory<Stored> upstream(task.classes), d_values(task.classes);
  upstream.open(task.d_log_prob, row);
  if (task.d_value.data) d_values.create(task.d_value, row);
  // Past the row's end d_log_prob is 0, and so are these derivatives, unless a parameter that the row shares makes the
  // whole row NaN.
  const auto gradients = [&](std::int64_t n, V* value, V* scale) {
    V d[quad_size];
    upstream.read(part.quad(n), V(0), d);
    densities(part.quad(n), [&](int j, const location_scale_density<V>& of) {
      value[j] = of.d_value(task.law, d[j]);
      scale[j] = of.d_scale(task.law, d[j]);
    });
  };
  const auto of_location = [&](std::int64_t n, V* d) {
    V ignored[quad_size];
    gradients(n, d, ignored);
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) d[j] = -d[j];
  };
  const auto of_scale = [&](std::int64_t n, V* d) {
    V ignored[quad_size];
    gradients(n, ignored, d);
  };
  sum_gradient(task.d_location, row, part, slots, of_location);
  sum_gradient(task.d_scale, row, part, slots, of_scale);
  const element_gradients<Stored> d_locations(task.d_location, row, task.classes);
  const element_gradients<Stored> d_scales(task.d_scale, row, task.classes);
  if (!task.d_value.data && !d_locations.wanted() && !d_scales.wanted()) return;
  for_each_quad(part, [&](std::int64_t n) {
    V value[quad_size], location[quad_size], scale[quad_size];
    gradients(n, value, scale);
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) location[j] = -value[j];
    if (task.d_value.data) d_values.write(part.quad(n), value);
    d_locations.write(part.quad(n), location);
    d_scales.write(part.quad(n), scale);
  });
}

GUMBELCUDA_MATH_END
