// SPDX-License-Identifier: Apache-2.0
// One instruction of the compiled code is replaced by its neighbour: the bytes must differ.
#include <gtest/gtest.h>

#include <vector>

#include "gumbelcuda/gumbel.hpp"
#include "kernels/rows/launch.hpp"
#include "tests/ptx/runtime/kernels.hpp"

namespace gumbelcuda {
namespace {

TEST(AlteredInstruction, IsSeenInTheBytes) {
  unsigned replaced = 0;
  ptx::registered_kernels::get().edit = [&](std::string text) {
    const std::string was = "add.rn.f32", is = "sub.rn.f32";
    // The last of each kernel: the first may belong to the tail, which these rows do not meet.
    for (auto at = text.find(".entry"); at != std::string::npos; at = text.find(".entry", at + 1)) {
      const auto instruction = text.rfind(was, text.find(".entry", at + 1));
      if (instruction == std::string::npos || instruction < at) continue;
      text.replace(instruction, was.size(), is);
      ++replaced;
    }
    return text;
  };
  std::vector<float> expected(70), result(70);
  gumbel_noise_task task{.rows = 10, .classes = 7, .type = number_type::float32, .out = {expected.data()}};
  gumbel_noise(task);
  task.out.data = result.data();
  ASSERT_EQ(launch_rows(task, nullptr), 0);
  EXPECT_GT(replaced, 0u);
  EXPECT_NE(result, expected);
}

}  // namespace
}  // namespace gumbelcuda
