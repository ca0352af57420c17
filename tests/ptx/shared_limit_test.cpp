// SPDX-License-Identifier: Apache-2.0
// A kernel's limit of dynamic shared memory belongs to all threads of a program: a launch that needs less must not
// lower it under one that needs more.
#include <gtest/gtest.h>

#include <vector>

#include "gumbelcuda/gumbel.hpp"
#include "kernels/rows/launch.hpp"
#include "tests/ptx/runtime/kernels.hpp"

namespace gumbelcuda {
namespace {

TEST(SharedLimit, IsNeverLowered) {
  constexpr std::uint64_t longer = 50000, shorter = 20000;
  std::vector<float> logits(longer), y(longer);
  const float temperature = 1;
  gumbel_softmax_task task{.rows = 1, .type = number_type::float32, .logits = {logits.data()}};
  task.temperature = &temperature;
  task.y = {y.data()};
  for (const std::uint64_t classes : {longer, shorter}) {
    task.classes = classes;
    ASSERT_EQ(launch_rows(task, nullptr), 0);
  }
  std::size_t limited = 0;
  for (const auto* const kernel : ptx::registered_kernels::get().whose_names_have("kept_plan")) {
    if (kernel->most_dynamic_shared == 0) continue;
    ++limited;
    EXPECT_GE(kernel->most_dynamic_shared, longer * sizeof(float)) << kernel->name;
  }
  EXPECT_EQ(limited, 1u);
}

}  // namespace
}  // namespace gumbelcuda
