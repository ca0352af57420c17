// SPDX-License-Identifier: Apache-2.0
// Relaxed Bernoulli variables: an invalid argument is named before any work is done.
#include <gtest/gtest.h>

#include <limits>

#include "gumbelcuda/relaxed_bernoulli.hpp"

namespace gumbelcuda {
namespace {

template <class Call>
std::string named(Call call) {
  try {
    call();
  } catch (const invalid_argument& e) {
    return e.argument();
  }
  return "";
}

TEST(RelaxedBernoulli, ArgumentsAreNamed) {
  const float numbers[2] = {.5f, .5f};
  float temperature = 1, room[2], rest[2], result;
  const float bad[] = {-1, std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()};

  relaxed_bernoulli_task task{
      .rows = 1, .classes = 2, .type = number_type::float32, .logits = {numbers}, .temperature = &temperature};
  const auto forward = [&] { return named([&] { relaxed_bernoulli(task); }); };
  EXPECT_EQ(forward(), "y.data");
  task.y.data = room;
  EXPECT_EQ(forward(), "");
  task.hard.data = room;
  EXPECT_EQ(forward(), "hard.data");
  task.hard.data = rest;
  temperature = 0;
  EXPECT_EQ(forward(), "");
  for (const float t : bad) {
    temperature = t;
    EXPECT_EQ(forward(), "temperature");
  }
  task.noise.offset = 2;
  EXPECT_EQ(forward(), "noise.offset");
  temperature = 1;

  relaxed_bernoulli_vjp_task back{.rows = 1, .classes = 2, .type = number_type::float32, .temperature = &temperature};
  const auto backward = [&] { return named([&] { relaxed_bernoulli_vjp(back); }); };
  EXPECT_EQ(backward(), "logits.data");
  back.y.data = numbers;
  EXPECT_EQ(backward(), "d_y.data");
  back.d_y.data = numbers;
  EXPECT_EQ(backward(), "d_logits.data");
  back.d_temperature = &result;
  EXPECT_EQ(backward(), "");

  relaxed_bernoulli_log_prob_task density{
      .rows = 1, .classes = 2, .type = number_type::float32, .logits = {numbers}, .y = {numbers}};
  density.temperature = &temperature;
  const auto log_prob = [&] { return named([&] { relaxed_bernoulli_log_prob(density); }); };
  EXPECT_EQ(log_prob(), "log_prob.data");
  density.log_prob.data = room;
  EXPECT_EQ(log_prob(), "");
  temperature = 0;
  EXPECT_EQ(log_prob(), "temperature");
  density.classes = 0;
  EXPECT_EQ(log_prob(), "classes");
}

}  // namespace
}  // namespace gumbelcuda
