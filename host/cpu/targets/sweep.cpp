// SPDX-License-Identifier: Apache-2.0
// Training sweeps on one instruction set: GANs of one shape side by side, from and to their states in memory.
#include "host/cpu/sweep/sweep_functions.hpp"

#include "gumbelcuda/detail/sweep/evaluation.hpp"
#include "gumbelcuda/detail/sweep/lane_noise.hpp"
#include "gumbelcuda/detail/sweep/sweep_gan.hpp"
#include "host/cpu/placement.hpp"
#include "host/cpu/targets/isa.hpp"

GUMBELCUDA_MATH_BEGIN

#ifdef GUMBELCUDA_VECTORS
using sweep_lane = simd_float;
using sweep_lane_noise = vector_noise;
#else
using sweep_lane = float;
using sweep_lane_noise = scalar_noise;
#endif
inline constexpr int sweep_width = lane<sweep_lane>::width;

template <class Classes>
using lanes_sweep_gan = sweep_gan<sweep_lane, sweep_lane*, sweep_lane_noise, Classes>;

// Calls body(classes) with the task's number of classes. The article's is known when compiling; rows of few classes
// have arrays of their own size, since those for 1024 would lie too far apart for the caches.
template <class Body>
inline auto with_sweep_classes(const sweep_task& task, Body body) {
  const int classes = task.shape.classes;
  constexpr int few = 32;
  if (classes == 5) return body(fixed<5>{});
  if (classes <= few) return body(bounded<few>{classes});
  return body(bounded<max_classes>{classes});
}

inline std::size_t bytes_of_gan(const sweep_task& task) {
  return with_sweep_classes(task,
                            [](auto classes) { return (sizeof(lanes_sweep_gan<decltype(classes)>) + 63) / 64 * 64; });
}

inline std::size_t sweep_workspace_bytes(const sweep_task& task) {
  const sweep_shape shape(task.shape);
  const auto lanes = std::size_t(shape.state_numbers() + 2 * shape.discriminator_parameters());
  return bytes_of_gan(task) + lanes * sizeof(sweep_lane);
}

inline sweep_lane_noise noise_of(const std::uint64_t* seeds, const std::uint64_t* rows) {
#ifdef GUMBELCUDA_VECTORS
  return {seeds, rows};
#else
  return {{*seeds, *rows}};
#endif
}

// Whether nobody wants to wait for the end of a step. A number of a sample takes some nanoseconds.
inline bool has_long_steps(const sweep_shape& shape) {
  const double samples = double(shape.batch) * (shape.generator_steps + 1);
  return samples * shape.parameters() * (1 + shape.problem.inner_samples) > 4e6;
}

template <class Classes>
std::uint64_t train_sweep_gans(const sweep_task& task, Classes classes, const std::uint32_t* given, int count,
                               std::uint64_t first_step, std::uint64_t steps, bool (*stopped)(void*), void* context,
                               void* workspace) {
  using gan_type = lanes_sweep_gan<Classes>;
  std::uint32_t gans[sweep_width];
  std::uint64_t seeds[sweep_width], rows[sweep_width];
  for (int i = 0; i < sweep_width; ++i) {
    gans[i] = given[i < count ? i : count - 1];  // the elements that are left over repeat the last GAN
    seeds[i] = task.gans[gans[i]].seed;
    rows[i] = task.gans[gans[i]].row;
  }
  const sweep_shape shape(task.shape);
  const auto numbers = std::uint64_t(shape.state_numbers());
  auto* const state = reinterpret_cast<sweep_lane*>(static_cast<char*>(workspace) + bytes_of_gan(task));
  for (std::uint64_t n = 0; first_step > 0 && n < numbers; ++n) {
    alignas(64) float of_gans[sweep_width];
    for (int i = 0; i < sweep_width; ++i) of_gans[i] = task.state[gans[i] * numbers + n];
    state[n] = load_numbers<sweep_lane>(of_gans);
  }
  sweep_lane* const gradient = state + numbers;
  auto* const gan = new (workspace, placement{}) gan_type(
      task, gans, classes, state, gradient, gradient + shape.discriminator_parameters(), noise_of(seeds, rows));
  if (first_step == 0) gan->start();
  const auto store = [&] {
    for (std::uint64_t n = 0; n < numbers; ++n) {
      alignas(64) float of_gans[sweep_width];
      store_numbers(state[n], of_gans);
      for (int i = 0; i < count; ++i) task.state[gans[i] * numbers + n] = of_gans[i];
    }
    for (int i = 0; i < count; ++i) gan->store_powers(i, task.powers + std::uint64_t(gans[i]) * 4);
  };
  const bool long_steps = has_long_steps(shape);
  bool finite[sweep_width];
  std::uint64_t made = 0;
  for (; made < steps && !stopped(context); ++made) {
    const std::uint64_t step = first_step + made;
    if (long_steps) store();
    if (!gan->step(step, [&] { return long_steps && stopped(context); })) return made;
    gan->store_finite(finite);
    for (int i = 0; i < count; ++i)
      if (!finite[i] && task.diverged_step[gans[i]] == 0) task.diverged_step[gans[i]] = step + 1;
  }
  store();
  return made;
}

inline std::uint64_t train_sweep(const sweep_task& task, const std::uint32_t* gans, int count, std::uint64_t first_step,
                                 std::uint64_t steps, bool (*stopped)(void*), void* context, void* workspace) {
  return with_sweep_classes(task, [&](auto classes) {
    return train_sweep_gans(task, classes, gans, count, first_step, steps, stopped, context, workspace);
  });
}

inline void evaluate_sweep(const sweep_task& task, std::uint32_t gan, sweep_evaluation& evaluation) {
  evaluate_gan<max_classes>(task, task.gans[gan].target,
                            task.state + std::uint64_t(gan) * std::uint64_t(sweep_shape(task.shape).state_numbers()),
                            evaluation);
}

// One GAN at a time, in scalars: a GAN's end is a thousandth of its life.
inline void look_at_gradients(const sweep_task& given, std::uint32_t gan, float* state, std::uint64_t stride,
                              int samples, std::uint64_t step, sweep_evaluation& evaluation) {
  sweep_task task = given;
  task.shape.batch = samples;
  const bounded<max_classes> classes{task.shape.classes};
  const sweep_gan_settings& settings = task.gans[gan];
  using numbers = strided<float>;
  using gan_type = sweep_gan<float, numbers, scalar_noise, bounded<max_classes>>;
  const numbers parameters(state, stride);
  gan_type looked_at(task, &gan, classes, parameters, parameters, parameters, {{settings.seed, settings.row}});
  float nonzero, variance;
  looked_at.look_at_gradients(step, nonzero, variance);
  evaluation.nonzero_gradients = nonzero / float(samples);
  evaluation.gradient_variance = canonical(variance);
}

GUMBELCUDA_MATH_END

namespace gumbelcuda {
extern const cpu_sweep_functions GUMBELCUDA_JOIN(cpu_sweep_, GUMBELCUDA_ISA);
const cpu_sweep_functions GUMBELCUDA_JOIN(cpu_sweep_, GUMBELCUDA_ISA) = {
    GUMBELCUDA_ISA::sweep_workspace_bytes, GUMBELCUDA_ISA::train_sweep, GUMBELCUDA_ISA::evaluate_sweep,
    GUMBELCUDA_ISA::look_at_gradients};
}  // namespace gumbelcuda
