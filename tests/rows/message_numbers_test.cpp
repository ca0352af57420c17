// SPDX-License-Identifier: Apache-2.0
// The number in an error message reads back as the same number, so a value just outside a range is not printed as an
// allowed one.
#include <gtest/gtest.h>

#include <charconv>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "gumbelcuda/gumbelcuda.hpp"

namespace gumbelcuda {
namespace {

// Returns the first number of the message; `before` must precede it.
template <class Number>
Number named(const std::string& before, const std::function<void()>& call) {
  try {
    call();
  } catch (const invalid_argument& refusal) {
    const std::string text = refusal.what(), start = refusal.argument() + ": " + before;
    EXPECT_EQ(text.rfind(start, 0), 0u) << text;
    Number number = 0;
    const auto end = std::from_chars(text.data() + start.size(), text.data() + text.size(), number).ptr;
    EXPECT_TRUE(*end == ' ' || *end == ',') << text;
    return number;
  }
  ADD_FAILURE() << "was accepted";
  return 0;
}

const std::vector<float> below_zero = {-std::numeric_limits<float>::denorm_min(), -1e-20f,  -.1f, -16777215.f,
                                       -std::numeric_limits<float>::max(),        -INFINITY};
const std::vector<float> above_one = {std::nextafter(1.f, 2.f), 1.1f, 16777217.f, 1e20f, INFINITY};

TEST(MessageNumbers, OfRowsReadBack) {
  const float logits[2] = {0, 1};
  std::int64_t index[1];
  float y[2], good = 1;
  for (const auto& values : {below_zero, above_one})
    for (const float& wrong : values) {
      categorical_sample_task task{
          .rows = 1, .classes = 2, .type = number_type::float32, .logits = {logits}, .index = index};
      const auto sample = [&] { categorical_sample(task); };
      task.top_p = &wrong;
      EXPECT_EQ(named<float>("", sample), wrong);
      task.top_p = nullptr;
      task.min_p = &wrong;
      EXPECT_EQ(named<float>("", sample), wrong);
      task.min_p = nullptr;
      if (wrong > 0 && std::isfinite(wrong)) continue;
      task.temperature = &wrong;
      EXPECT_EQ(named<float>("", sample), wrong);
      EXPECT_EQ(named<float>("",
                             [&] {
                               gumbel_softmax({.rows = 1,
                                               .classes = 2,
                                               .type = number_type::float32,
                                               .logits = {logits},
                                               .temperature = &wrong,
                                               .y = {y}});
                             }),
                wrong);
      EXPECT_EQ(named<float>("",
                             [&] {
                               std::uint64_t step = 0;
                               evaluate_schedule({.knots = {{0, wrong}}}, &step, &good);
                             }),
                wrong);
    }
}

TEST(MessageNumbers, OfFleetsReadBack) {
  for (const float wrong : below_zero)
    for (const auto rate : {&fleet_config::temperature, &fleet_config::generator_learning_rate,
                            &fleet_config::discriminator_learning_rate}) {
      fleet_config config;
      config.*rate = {wrong};
      EXPECT_EQ(named<float>("", [&] { train_fleet(config); }), wrong);
    }
  for (const double wrong : {std::nextafter(1., 2.), -std::numeric_limits<double>::denorm_min(), -.1}) {
    fleet_config config;
    config.target = {.5, wrong};
    EXPECT_EQ(named<double>("probability of class 1 is ", [&] { train_fleet(config); }), wrong);
  }
  // Nine digits would print 1.000001, which is allowed.
  fleet_config config;
  config.target = {.5, .50000100001};
  EXPECT_EQ(named<double>("probabilities sum to ", [&] { train_fleet(config); }), .5 + .50000100001);
}

}  // namespace
}  // namespace gumbelcuda
