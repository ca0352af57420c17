// SPDX-License-Identifier: Apache-2.0
// A kernel that nvcc compiled with other flags than the library's must give other bytes: this program is linked to a
// schedule's kernel with -fmad=true, another one to the same with -use_fast_math.
#include <gtest/gtest.h>

#include "gumbelcuda/temperature_schedule.hpp"
#include "kernels/rows/launch.hpp"

namespace gumbelcuda {
namespace {

TEST(WrongFlags, AreSeenInTheBytes) {
  int different = 0;
  for (const schedule_shape shape : {schedule_shape::linear, schedule_shape::exponential, schedule_shape::cosine}) {
    const temperature_schedule schedule{.shape = shape, .knot_count = 3, .knots = {{2, 3.3f}, {40, .9f}, {97, .1f}}};
    for (std::uint64_t step = 0; step < 100; ++step) {
      float result = 0, expected = 0;
      ASSERT_EQ(launch_evaluate_schedule(schedule, &step, &result, nullptr), 0);
      evaluate_schedule(schedule, &step, &expected);
      EXPECT_NEAR(result, expected, 1e-5f * expected) << "not the same function at all";
      different += result != expected;
    }
  }
  EXPECT_GT(different, 0);
}

}  // namespace
}  // namespace gumbelcuda
