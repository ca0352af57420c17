// SPDX-License-Identifier: Apache-2.0
// The estimate of KL between Concrete distributions: an invalid argument is named before any work is done.
#include <gtest/gtest.h>

#include "gumbelcuda/concrete.hpp"
#include "gumbelcuda/detail/every_operation.hpp"

namespace gumbelcuda {
namespace {

TEST(ConcreteKl, ArgumentsAreNamed) {
  const auto named = []<class Task>(operation_on<Task> call, const Task& task) -> std::string {
    try {
      call(task, row_execution{});
    } catch (const invalid_argument& refusal) {
      return refusal.argument();
    }
    return "";
  };
  const float numbers[2] = {.5f, .5f}, zero = 0;
  float room[2];
  concrete_kl_estimate_task task{.rows = 1, .classes = 2, .type = number_type::float32};
  EXPECT_EQ(named(concrete_kl_estimate, task), "p_logits.data");
  task.p_logits.data = numbers;
  EXPECT_EQ(named(concrete_kl_estimate, task), "q_logits.data");
  task.q_logits.data = numbers;
  EXPECT_EQ(named(concrete_kl_estimate, task), "p_temperature");
  task.p_temperature = numbers;
  task.q_temperature = &zero;
  EXPECT_EQ(named(concrete_kl_estimate, task), "kl");
  task.kl = room;
  EXPECT_EQ(named(concrete_kl_estimate, task), "q_temperature");
  task.q_temperature = numbers;
  EXPECT_EQ(named(concrete_kl_estimate, task), "");
  for (const int wrong : {0, -1, max_kl_samples + 1}) {
    task.samples = wrong;
    EXPECT_EQ(named(concrete_kl_estimate, task), "samples");
  }
  task.noise.offset = 2;
  EXPECT_EQ(named(concrete_kl_estimate, task), "noise.offset");
  task.classes = 0;
  EXPECT_EQ(named(concrete_kl_estimate, task), "classes");

  concrete_kl_estimate_vjp_task back{.rows = 1,
                                     .classes = 2,
                                     .type = number_type::float32,
                                     .p_logits = {numbers},
                                     .q_logits = {numbers},
                                     .p_temperature = numbers,
                                     .q_temperature = numbers};
  EXPECT_EQ(named(concrete_kl_estimate_vjp, back), "d_kl");
  back.d_kl = numbers;
  EXPECT_EQ(named(concrete_kl_estimate_vjp, back), "d_p_logits.data");
  back.d_p_logits.data = back.d_q_logits.data = room;
  EXPECT_EQ(named(concrete_kl_estimate_vjp, back), "d_q_logits.data");
  back.d_q_logits = {};
  EXPECT_EQ(named(concrete_kl_estimate_vjp, back), "");
}

}  // namespace
}  // namespace gumbelcuda
