// SPDX-License-Identifier: Apache-2.0
// Temperature schedules against their closed forms in long double, at and past their ends; and as the temperature of
// gumbel_softmax.
#include "gumbelcuda/temperature_schedule.hpp"
#include "gumbelcuda/gumbel.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

namespace gumbelcuda {
namespace {

constexpr std::uint64_t last_step = std::numeric_limits<std::uint64_t>::max();

float evaluated(const temperature_schedule& schedule, std::uint64_t step) {
  float result = -1;
  evaluate_schedule(schedule, &step, &result);
  return result;
}

long double closed_form(schedule_shape shape, long double a, long double b, long double t) {
  if (shape == schedule_shape::exponential) return a * std::pow(b / a, t);
  if (shape == schedule_shape::cosine) return b + (a - b) * (1 + std::cos(std::numbers::pi_v<long double> * t)) / 2;
  return a * (1 - t) + b * t;
}

constexpr schedule_shape all_shapes[] = {schedule_shape::linear, schedule_shape::exponential, schedule_shape::cosine};

TEST(TemperatureSchedule, OfOneKnotIsConstant) {
  for (const schedule_shape shape : all_shapes)
    for (const std::uint64_t step : {std::uint64_t{0}, std::uint64_t{99}, std::uint64_t{100}, last_step}) {
      EXPECT_EQ(evaluated({.shape = shape, .knots = {{100, .37f}}}, step), .37f);
      EXPECT_EQ(evaluated(temperature_schedule{.shape = shape}, step), 1.f) << "the default";
    }
}

TEST(TemperatureSchedule, IsItsClosedFormAtEveryStep) {
  const struct { float from, to; } ends[] = {{5, .1f}, {.1f, 5}, {1, 1}, {3e38f, 1e-38f}, {1e-45f, 2}, {1, .99999994f}};
  for (const schedule_shape shape : all_shapes)
    for (const auto& [from, to] : ends)
      for (const std::uint64_t steps : {1, 2, 3, 1000}) {
        const temperature_schedule schedule{.shape = shape, .knot_count = 2, .knots = {{17, from}, {17 + steps, to}}};
        for (std::uint64_t step = 0; step <= steps; ++step) {
          const long double exact = closed_form(shape, from, to, static_cast<long double>(step) / steps);
          // Half an ulp of the float. The double before it has a relative error of at most 1e-13 (an exponent of 180
          // whose product has one rounding, 2^-53) or, for sums, an error of 4e-15 of the larger end.
          const bool product = shape == schedule_shape::exponential;
          const long double computed = product ? 1e-13L * exact : 4e-15L * std::max(from, to);
          const long double error = std::abs(evaluated(schedule, 17 + step) - exact);
          EXPECT_LE(error, computed + std::max(0x1p-24L * exact, 0x1p-150L))
              << int(shape) << ' ' << from << " to " << to << ", step " << step << " of " << steps;
        }
      }
}

TEST(TemperatureSchedule, HasItsKnotsExactlyAndStaysAtTheLast) {
  for (const schedule_shape shape : all_shapes) {
    const temperature_schedule schedule{
        .shape = shape,
        .knot_count = 8,
        .knots = {{3, 9.1f}, {4, .3f}, {10, .7f}, {11, 5}, {900, 4}, {1000, 3}, {1u << 31, 2}, {last_step, .2f}}};
    for (const auto& [step, temperature] : schedule.knots) EXPECT_EQ(evaluated(schedule, step), temperature) << step;
    EXPECT_EQ(evaluated(schedule, 0), 9.1f);
    temperature_schedule shorter = schedule;
    shorter.knot_count = 7;
    EXPECT_EQ(evaluated(shorter, last_step), 2.f);
    EXPECT_EQ(evaluated(schedule, 7), float(closed_form(shape, .3f, .7f, .5L))) << "between the second and third";
    EXPECT_EQ(evaluated(schedule, 950), float(closed_form(shape, 4, 3, .5L)));
  }
}

TEST(TemperatureSchedule, NeverRisesWhereItsKnotsFall) {
  for (const schedule_shape shape : all_shapes) {
    const temperature_schedule schedule{.shape = shape, .knot_count = 2, .knots = {{0, 1.f}, {100000, .999f}}};
    float before = 1;
    for (std::uint64_t step = 0; step <= 100000; ++step) {
      const float now = evaluated(schedule, step);
      ASSERT_LE(now, before) << step;
      before = now;
    }
  }
}

TEST(TemperatureSchedule, IsTheTemperatureThatGumbelSoftmaxReads) {
  const std::vector<float> logits = {0, 1, 2, .5f, -1};
  std::vector<float> y(5), expected(5);
  const temperature_schedule schedule{.shape = schedule_shape::cosine, .knot_count = 2, .knots = {{0, 2}, {10, .1f}}};
  std::uint64_t step = 0;
  float from_schedule = 0;
  for (; step < 12; ++step) {
    evaluate_schedule(schedule, &step, &from_schedule);
    gumbel_softmax_task task{.rows = 1,
                             .classes = 5,
                             .type = number_type::float32,
                             .logits = {logits.data()},
                             .temperature = &from_schedule};
    task.y.data = y.data();
    gumbel_softmax(task);
    const float direct = temperature(schedule, step);
    task.temperature = &direct;
    task.y.data = expected.data();
    gumbel_softmax(task);
    EXPECT_EQ(y, expected);
  }
}

TEST(TemperatureSchedule, ArgumentsAreNamed) {
  const temperature_schedule good{.knot_count = 2, .knots = {{0, 1}, {10, .5f}}};
  const auto named = [](const temperature_schedule& schedule, const std::uint64_t* step, float* to,
                        const row_execution& execution = {}) -> std::string {
    try {
      evaluate_schedule(schedule, step, to, execution);
    } catch (const invalid_argument& refusal) {
      return refusal.argument();
    }
    return "";
  };
  const std::uint64_t step = 3;
  float result = -1;
  const auto named_for = [&](auto spoil) {
    temperature_schedule schedule = good;
    spoil(schedule);
    return named(schedule, &step, &result);
  };
  EXPECT_EQ(named_for([](auto& s) { s.knot_count = 0; }), "schedule.knot_count");
  EXPECT_EQ(named_for([](auto& s) { s.knot_count = 9; }), "schedule.knot_count");
  EXPECT_EQ(named_for([](auto& s) { s.shape = schedule_shape(3); }), "schedule.shape");
  EXPECT_EQ(named_for([](auto& s) { s.knots[1].step = 0; }), "schedule.knots[1].step");
  for (const float bad : {-1.f, NAN, INFINITY})
    EXPECT_EQ(named_for([&](auto& s) { s.knots[1].temperature = bad; }), "schedule.knots[1].temperature");
  EXPECT_EQ(named_for([](auto& s) { s.shape = schedule_shape::exponential, s.knots[0].temperature = 0; }),
            "schedule.knots[0].temperature");
  EXPECT_EQ(named(good, nullptr, &result), "device_step");
  EXPECT_EQ(named(good, &step, nullptr), "device_temperature");
  EXPECT_EQ(named(good, &step, &result, {.backend = backend_kind::automatic}), "backend");
  EXPECT_EQ(result, -1);
  EXPECT_EQ(named_for([](auto& s) { s.knots[0].temperature = 0; }), "") << "0 is a limit that gumbel_softmax takes";
}

}  // namespace
}  // namespace gumbelcuda
