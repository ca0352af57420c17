// SPDX-License-Identifier: Apache-2.0
// The kernel of a temperature schedule, under the interpreter, gives the CPU's bits. The same launch is repeated, as in
// a replayed CUDA graph, with the step in device memory.
#include "gumbelcuda/temperature_schedule.hpp"

#include <gtest/gtest.h>

#include <bit>

#include "kernels/rows/launch.hpp"

namespace gumbelcuda {
namespace {

TEST(TemperatureScheduleKernel, IsTheCpus) {
  for (const schedule_shape shape : {schedule_shape::linear, schedule_shape::exponential, schedule_shape::cosine}) {
    const temperature_schedule schedule{.shape = shape, .knot_count = 3, .knots = {{2, 3.3f}, {40, .9f}, {97, .1f}}};
    std::uint64_t step = 0;
    float result = 0, expected = 0;
    for (; step < 100; ++step) {
      ASSERT_EQ(launch_evaluate_schedule(schedule, &step, &result, nullptr), 0);
      evaluate_schedule(schedule, &step, &expected);
      EXPECT_EQ(std::bit_cast<std::uint32_t>(result), std::bit_cast<std::uint32_t>(expected)) << step;
    }
  }
}

}  // namespace
}  // namespace gumbelcuda
