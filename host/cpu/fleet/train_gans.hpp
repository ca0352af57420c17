// SPDX-License-Identifier: Apache-2.0
// Training on one instruction set: load, loop over detail/gan/step.hpp, store. The files host/cpu/targets/fleet*.cpp
// include this; each instantiates fleet_trainers for its numbers of classes.
#pragma once

#include "gumbelcuda/detail/gan/direct_gan.hpp"
#include "gumbelcuda/detail/gan/parameters.hpp"
#include "gumbelcuda/detail/gan/result.hpp"
#include "gumbelcuda/detail/gan/step.hpp"
#include "host/cpu/fleet/fleet_trainers.hpp"
#include "host/cpu/placement.hpp"
#include "host/cpu/targets/isa.hpp"
#ifdef GUMBELCUDA_VECTORS
#include "host/cpu/fleet/lanes_gan.hpp"
#include "host/cpu/fleet/side_by_side_gan.hpp"
#endif

GUMBELCUDA_MATH_BEGIN

inline class_words real_words_of(const cpu_train_task& task) { return {task.first_word, task.last_word}; }
inline adam_corrections corrections_of(const cpu_train_task& task) { return {task.corrections, task.num_corrections}; }

// Calls body(classes) with fixed<K> for the task's number of classes, or with an int if the list does not have it.
template <int K, int... Rest, class Body>
inline auto with_classes(class_counts<K, Rest...>, const cpu_train_task& task, Body body) {
  if constexpr (K == any_other) {
    return body(task.classes);
  } else {
    if constexpr (sizeof...(Rest) > 0)
      if (task.classes != K) return with_classes(class_counts<Rest...>{}, task, body);
    return body(fixed<K>{});
  }
}

// The parameters being trained; those of one GAN are `stride` numbers apart.
struct trained_parameters {
  const float *logits, *weights;
  int stride;
};

// Element k of each array is class k's. What is done once per epoch is the same code for all numbers of classes.
struct gan_row {
  float logits[max_classes], weights[max_classes + 1];
  gan_row(const trained_parameters& from, int element, int classes) {
    for (int k = 0; k < classes; ++k) logits[k] = from.logits[k * from.stride + element];
    for (int k = 0; k <= classes; ++k) weights[k] = from.weights[k * from.stride + element];
  }
};

[[gnu::noinline]] inline void store_history(const cpu_train_task& task, std::uint64_t first, int count,
                                            std::uint64_t epoch, const trained_parameters& from) {
  for (int i = 0; i < count; ++i) {
    const std::uint64_t gan = first + std::uint64_t(i);
    if (gan >= task.history_gans) return;
    const gan_row row(from, i, task.classes);
    float* out = task.history + (gan * task.epochs + epoch) * std::uint64_t(task.classes);
    write_distribution(row.logits, out, task.classes);
  }
}

[[gnu::noinline]] inline void store_results(const cpu_train_task& task, std::uint64_t first, int count,
                                            const trained_parameters& from) {
  for (int i = 0; i < count; ++i) {
    const gan_row row(from, i, task.classes);
    write_results(task.results, first + std::uint64_t(i), row.logits, row.weights, task.target, task.classes);
  }
}

// Between `gan`, which has `width` GANs, and the list of numbers of those that are there. The elements that are left
// over repeat the last GAN.
template <class State>
[[gnu::noinline]] inline void load_numbers_of(State& state, int classes, const cpu_gans& gans, int width) {
  const std::uint64_t size = fleet_state_size(classes);
  for_each_parameter(state, classes, [&](std::uint64_t number, auto& value, int) {
    float* const elements = reinterpret_cast<float*>(&value);
    for (int i = 0; i < width; ++i)
      elements[i] = gans.numbers[std::uint64_t(i < gans.count ? i : gans.count - 1) * size + number];
  });
}
template <class State>
[[gnu::noinline]] inline void store_numbers_of(State& state, int classes, const cpu_gans& gans) {
  const std::uint64_t size = fleet_state_size(classes);
  for_each_parameter(state, classes, [&](std::uint64_t number, auto& value, int) {
    const float* const elements = reinterpret_cast<const float*>(&value);
    for (int i = 0; i < gans.count; ++i) gans.numbers[std::uint64_t(i) * size + number] = elements[i];
  });
}

// Whether nobody wants to wait for the end of a step. A class of a sample takes some nanoseconds.
inline bool has_long_steps(const cpu_train_task& task) {
  return double(task.batch_size) * task.classes * (task.generator_steps + 1) > 4e6;
}

// Trains GANs with any type Gan; GAN i is element i of its lanes. Returns false if stopped: after a step, or within a
// long one, whose beginning is then what is stored.
template <class Gan>
inline bool train_gans(Gan& gan, const cpu_train_task& task, cpu_gans& gans, int width) {
  if (gans.steps == 0)
    gan.start();
  else
    load_numbers_of(gan.state(), task.classes, gans, width);
  const trained_parameters parameters{reinterpret_cast<const float*>(gan.state().logits),
                                      reinterpret_cast<const float*>(gan.state().weights), width};
  const adam_corrections corrections = corrections_of(task);
  const bool long_steps = has_long_steps(task);
  const auto stopped = [&] { return task.stopped(task.context); };
  const std::uint64_t steps = task.epochs * task.steps_per_epoch;
  std::uint64_t until_epoch_ends = task.steps_per_epoch - gans.steps % task.steps_per_epoch;
  for (std::uint64_t step = gans.steps; step < steps; ++step) {
    const bool stops = stopped();
    if (stops || long_steps) {
      store_numbers_of(gan.state(), task.classes, gans);
      gans.steps = step;
      if (stops) return false;
    }
    if (!train_step(gan, step, task.generator_steps, corrections, [&] { return long_steps && stopped(); }))
      return false;
    if (--until_epoch_ends > 0) continue;
    until_epoch_ends = task.steps_per_epoch;
    store_history(task, gans.first, gans.count, step / task.steps_per_epoch, parameters);
    task.epoch_done(task.context, gans.count);
  }
  store_results(task, gans.first, gans.count, parameters);
  return true;
}

// Trains one GAN alone, with type Gan.
template <class Gan, class Classes>
inline bool train_alone(const cpu_train_task& task, cpu_gans& own, void* workspace, Classes classes) {
  const gan_hyperparameters<float> hyper{value_of(task.generator_rate, own.first),
                                         value_of(task.discriminator_rate, own.first),
                                         value_of(task.temperature, own.first)};
  const stream_row row{task.seed, task.first_row + own.first};
  const gan_shape<Classes, int> shape{classes, task.batch_size, task.generator_steps};
  auto* gan = new (workspace, placement{}) Gan(shape, row, real_words_of(task), hyper);
  return train_gans(*gan, task, own, 1);
}

#ifdef GUMBELCUDA_VECTORS

// Element i of each array belongs to GAN first + i; elements from `count` on repeat the last GAN.
struct lane_inputs {
  alignas(64) std::uint32_t row_low[simd_width], row_high[simd_width];
  alignas(64) float temperature[simd_width], generator_rate[simd_width], discriminator_rate[simd_width];
  float max_temperature = 0;

  lane_inputs(const cpu_train_task& task, std::uint64_t first, int count) {
    for (int i = 0; i < simd_width; ++i) {
      const std::uint64_t gan = first + std::uint64_t(i < count ? i : count - 1), row = task.first_row + gan;
      row_low[i] = std::uint32_t(row);
      row_high[i] = std::uint32_t(row >> 32);
      temperature[i] = value_of(task.temperature, gan);
      generator_rate[i] = value_of(task.generator_rate, gan);
      discriminator_rate[i] = value_of(task.discriminator_rate, gan);
      max_temperature = temperature[i] > max_temperature ? temperature[i] : max_temperature;
    }
  }
};

template <class Counts>
std::size_t fleet_trainers<Counts>::workspace_bytes(const cpu_train_task& task) {
  return with_classes(Counts{}, task, [](auto classes) {
    using Classes = decltype(classes);
    const std::size_t lanes = sizeof(lanes_gan<Classes>), single = sizeof(side_by_side_gan<Classes>);
    return lanes > single ? lanes : single;
  });
}

template <class Counts>
bool fleet_trainers<Counts>::train_lanes(const cpu_train_task& task, cpu_gans& gans, void* workspace) {
  const lane_inputs in(task, gans.first, gans.count);
  const row_blocks blocks(task.seed, simd_word::load(in.row_low), simd_word::load(in.row_high));
  const gan_hyperparameters<simd_float> hyper{
      simd_float::load(in.generator_rate), simd_float::load(in.discriminator_rate), simd_float::load(in.temperature)};
  return with_classes(Counts{}, task, [&](auto classes) {
    using Classes = decltype(classes);
    const gan_shape<Classes, int> shape{classes, task.batch_size, task.generator_steps};
    const bool racing = in.max_temperature <= racing_temperature_limit;
    auto* gan = new (workspace, placement{}) lanes_gan<Classes>(shape, blocks, real_words_of(task), hyper, racing);
    return train_gans(*gan, task, gans, simd_width);
  });
}

template <class Counts>
bool fleet_trainers<Counts>::train_single(const cpu_train_task& task, cpu_gans& gan, void* workspace) {
  return with_classes(Counts{}, task, [&](auto classes) {
    return train_alone<side_by_side_gan<decltype(classes)>>(task, gan, workspace, classes);
  });
}

#else

template <class Classes>
using scalar_gan = direct_gan<float, Classes, int, stream_row>;

template <class Counts>
std::size_t fleet_trainers<Counts>::workspace_bytes(const cpu_train_task& task) {
  return with_classes(Counts{}, task, [](auto classes) { return sizeof(scalar_gan<decltype(classes)>); });
}

template <class Counts>
bool fleet_trainers<Counts>::train_lanes(const cpu_train_task& task, cpu_gans& gans, void* workspace) {
  return train_single(task, gans, workspace);
}

template <class Counts>
bool fleet_trainers<Counts>::train_single(const cpu_train_task& task, cpu_gans& gan, void* workspace) {
  return with_classes(Counts{}, task, [&](auto classes) {
    return train_alone<scalar_gan<decltype(classes)>>(task, gan, workspace, classes);
  });
}

#endif

GUMBELCUDA_MATH_END
