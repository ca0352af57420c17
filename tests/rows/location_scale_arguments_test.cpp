// SPDX-License-Identifier: Apache-2.0
// Samples location + scale·noise and their densities: an invalid argument is named before any work is done.
#include <gtest/gtest.h>

#include "gumbelcuda/location_scale.hpp"

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

const void* unaligned(const float* numbers) { return reinterpret_cast<const char*>(numbers) + 2; }

TEST(LocationScale, ArgumentsAreNamed) {
  const float numbers[4] = {.5f, .5f, .5f, .5f};
  float room[4];
  location_scale_sample_task task{.rows = 2, .classes = 2, .type = number_type::float32};
  const auto call = [&] { return named([&] { location_scale_sample(task); }); };
  EXPECT_EQ(call(), "location.data");
  task.location.data = unaligned(numbers);
  EXPECT_EQ(call(), "location.data");
  task.location.data = numbers;
  EXPECT_EQ(call(), "scale.data");
  task.scale = {unaligned(numbers), parameter_shape::per_row};
  EXPECT_EQ(call(), "scale.data");
  task.scale.data = numbers;
  EXPECT_EQ(call(), "sample.data");
  task.sample.data = room;
  EXPECT_EQ(call(), "");
  task.location.row_stride = 1;
  EXPECT_EQ(call(), "location.row_stride");
  task.location.shape = parameter_shape(3);
  EXPECT_EQ(call(), "location.shape");
  task.noise.offset = 1;
  EXPECT_EQ(call(), "noise.offset");
  task.law = noise_law(2);
  EXPECT_EQ(call(), "law");
  task.classes = 0;
  EXPECT_EQ(call(), "classes");
  task.type = number_type(4);
  EXPECT_EQ(call(), "type");
  EXPECT_EQ(named([] { location_scale_sample({.classes = 1, .type = number_type::float32}); }), "")
      << "no rows are no numbers";
}

TEST(LocationScaleVjp, ArgumentsAreNamed) {
  float numbers[4] = {}, room[4], rest[4];
  location_scale_sample_vjp_task task{.rows = 2, .classes = 2, .type = number_type::float32};
  const auto call = [&] { return named([&] { location_scale_sample_vjp(task); }); };
  EXPECT_EQ(call(), "d_sample.data");
  task.d_sample.data = numbers;
  EXPECT_EQ(call(), "d_location.data");
  task.d_location = {const_cast<void*>(unaligned(room)), parameter_shape::per_row};
  EXPECT_EQ(call(), "d_location.data");
  task.d_location = {numbers, parameter_shape::per_element, 3};
  EXPECT_EQ(call(), "d_location.row_stride") << "in place, but not where it was read";
  task.d_location = {room};
  task.d_scale = {room};
  EXPECT_EQ(call(), "d_scale.data");
  task.d_scale = {rest};
  EXPECT_EQ(call(), "");
  task.d_scale.shape = parameter_shape(7);
  EXPECT_EQ(call(), "d_scale.shape");
}

TEST(LocationScaleLogProb, ArgumentsAreNamed) {
  const float numbers[4] = {1, 1, 1, 1};
  float room[4], rest[4], last[4];
  location_scale_log_prob_task task{.rows = 2, .classes = 2, .type = number_type::float32};
  const auto call = [&] { return named([&] { location_scale_log_prob(task); }); };
  EXPECT_EQ(call(), "value.data");
  task.value.data = numbers;
  EXPECT_EQ(call(), "location.data");
  task.location.data = task.scale.data = numbers;
  EXPECT_EQ(call(), "log_prob.data");
  task.log_prob.data = room;
  EXPECT_EQ(call(), "");

  location_scale_log_prob_vjp_task back{
      .rows = 2, .classes = 2, .type = number_type::float32, .value = {numbers}, .location = {numbers}};
  back.scale = {numbers};
  const auto backward = [&] { return named([&] { location_scale_log_prob_vjp(back); }); };
  EXPECT_EQ(backward(), "d_log_prob.data");
  back.d_log_prob.data = numbers;
  EXPECT_EQ(backward(), "d_value.data");
  back.d_value.data = room;
  back.d_location = {room};
  EXPECT_EQ(backward(), "d_location.data");
  back.d_location = {rest};
  back.d_scale = {rest};
  EXPECT_EQ(backward(), "d_scale.data");
  back.d_scale = {last, parameter_shape::per_row};
  EXPECT_EQ(backward(), "");
}

}  // namespace
}  // namespace gumbelcuda
