// SPDX-License-Identifier: Apache-2.0
// How τ falls during training, as a function of the step, which host and device evaluate to the same bits. Nothing is
// kept between steps, so a run that is resumed goes on as it would have.
#pragma once

#include <cstdint>
#include <string>

#include "gumbelcuda/execution.hpp"
#include "gumbelcuda/math/elementary.hpp"

namespace gumbelcuda {

inline constexpr int max_temperature_knots = 8;

struct temperature_knot {
  std::uint64_t step = 0;
  float temperature = 1;
};

// How τ goes from one knot, a, to the next, b, at t = (step − a.step)/(b.step − a.step):
enum class schedule_shape {
  linear,       // a·(1 − t) + b·t
  exponential,  // a·(b/a)^t
  cosine,       // b + (a − b)·(1 + cos πt)/2
};

// Up to the first knot and from the last one on, τ is that knot's. One knot makes a constant τ; more than two make the
// schedule piecewise.
//
//   temperature_schedule{.shape = schedule_shape::cosine, .knot_count = 2, .knots = {{0, 2.f}, {10000, .1f}}}
struct temperature_schedule {
  schedule_shape shape = schedule_shape::linear;
  int knot_count = 1;  // 1 to 8
  // Each step is above the one before. Temperatures: 0 or more, finite; above 0 if the shape is exponential.
  temperature_knot knots[max_temperature_knots]{};
};

// τ that stays as it is.
constexpr temperature_schedule constant_temperature(float temperature) {
  temperature_schedule schedule;
  schedule.knots[0].temperature = temperature;
  return schedule;
}

}  // namespace gumbelcuda

GUMBELCUDA_MATH_BEGIN

namespace detail {

// sin²(π·t/2) = (1 − cos πt)/2, t in [0, 1]. Output: [0, 1], both ends exact. Error: 1e-15.
GUMBELCUDA_INLINE double raised_cosine(double t) {
  const double half_pi = 0x1.921fb54442d18p+0, x = half_pi * (t < 0.5 ? t : 1 - t), z = -(x * x);
  // sin x by its series, for x ≤ π/4.
  double inverse_factorial = 1.0 / 355687428096000.0, q = inverse_factorial;  // 1/17!
  GUMBELCUDA_UNROLL
  for (int n = 15; n >= 3; n -= 2) {
    inverse_factorial *= (n + 1) * (n + 2);
    q = fma(q, z, inverse_factorial);
  }
  const double sine = fma(x * z, q, x), square = sine * sine;
  return t < 0.5 ? square : 1 - square;
}

}  // namespace detail

// τ at a step, computed in double and rounded once. Error: half an ulp and 1e-13 of τ. The caller must have checked the
// schedule, as evaluate_schedule() does.
GUMBELCUDA_INLINE float temperature(const temperature_schedule& schedule, std::uint64_t step) {
  const temperature_knot* knots = schedule.knots;
  const int last = schedule.knot_count - 1;
  if (step <= knots[0].step) return knots[0].temperature;
  if (step >= knots[last].step) return knots[last].temperature;
  int i = 0;
  while (step >= knots[i + 1].step) ++i;
  const double from = double(knots[i].temperature), to = double(knots[i + 1].temperature);
  const double t = double(step - knots[i].step) / double(knots[i + 1].step - knots[i].step);
  switch (schedule.shape) {
    case schedule_shape::exponential:
      return float(from * exp(t * log(to / from)));
    case schedule_shape::cosine:
      return float(fma(detail::raised_cosine(t), to - from, from));
    case schedule_shape::linear:
      break;
  }
  return float(fma(t, to - from, from));
}

GUMBELCUDA_MATH_END

namespace gumbelcuda {

// Throws invalid_argument for "<argument>.shape", ".knot_count" or ".knots[i].…".
GUMBELCUDA_API void validate(const temperature_schedule& schedule, const std::string& argument);

// *device_temperature = temperature(schedule, *device_step), in the order of the stream. With backend cuda both
// pointers point to memory that the device can use.
GUMBELCUDA_API void evaluate_schedule(const temperature_schedule& schedule, const std::uint64_t* device_step,
                                      float* device_temperature, const row_execution& execution = {});

}  // namespace gumbelcuda
