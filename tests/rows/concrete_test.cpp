// SPDX-License-Identifier: Apache-2.0
// Log density of the Concrete distribution: against long double; its integral over the simplex; its limits at the
// simplex's boundary; masks and arguments. concrete_vjp_test.cpp tests its gradients.
#include <gtest/gtest.h>

#include "gumbelcuda/concrete.hpp"
#include "gumbelcuda/gumbel.hpp"
#include "tests/rows/concrete_rows.hpp"
#include "tests/unit/random_numbers.hpp"

namespace gumbelcuda {
namespace {

using testing_rows::concrete_row_values, testing_rows::exact_concrete, testing_rows::infinity,
    testing_rows::not_a_number, testing_rows::row_batch, testing_rows::row_of;

TEST(ConcreteLogProb, IsThatOfTheReference) {
  for (const number_type type : testing_rows::all_types)
    for (const std::uint64_t classes : {1, 2, 5, 15, 16, 17, 64, 1000, 40000})
      for (const bool log_domain : {false, true}) {
        SCOPED_TRACE(std::string(testing_rows::name_of(type)) + " " + std::to_string(classes));
        random_numbers random(classes);
        concrete_row_values x{row_batch(type, 3, classes), row_batch(type, 3, classes), {.125f, .75f, 3.f}, log_domain};
        for (std::uint64_t row = 0; row < 3; ++row)
          for (std::uint64_t k = 0; k < classes; ++k) {
            x.logits.set(row, k, random.uniform(-4, 4));
            const double share = random.uniform(.1, 2) / double(classes);
            x.value.set(row, k, log_domain ? std::log(share) : share);
          }
        const std::vector<double> result = x.log_prob();
        for (std::uint64_t row = 0; row < 3; ++row) {
          std::vector<long double> logits, log_value;
          for (std::uint64_t k = 0; k < classes; ++k) {
            logits.push_back(x.logits.get(row, k));
            const long double value = x.value.get(row, k);
            log_value.push_back(log_domain ? value : std::log(value));
          }
          const exact_concrete exact(logits, log_value, x.temperature[row], log_domain);
          const double unit = type == number_type::float64 ? 0x1p-53 : 0x1p-24;
          // The additions of the sums, and a few operations on the terms and on the sums.
          const double roundings = testing_rows::additions(classes) + 6;
          EXPECT_NEAR(result[row], double(exact.log_prob), double(exact.size) * unit * roundings) << row;
        }
      }
}

// In z_k = x_k − x_K the trapezoidal rule converges like e^(−2π²/(τ·step)); the integral outside ±reach is
// e^(−τ·reach).
TEST(ConcreteLogProb, IsThatOfADensity) {
  for (const bool log_domain : {false, true})
    for (const float t : {.7f, 1.f, 2.f}) {
      const double step = .25, reach = 40 / double(t);
      const auto side = std::uint64_t(2 * reach / step);
      for (const int classes : {2, 3}) {
        const std::uint64_t rows = classes == 2 ? side : side * side;
        concrete_row_values x{row_batch(number_type::float64, rows, std::uint64_t(classes)),
                              row_batch(number_type::float64, rows, std::uint64_t(classes)),
                              {t},
                              log_domain};
        std::vector<double> volume;
        for (std::uint64_t row = 0; row < rows; ++row) {
          const double first = double(row % side) * step - reach, second = double(row / side) * step - reach;
          const double z[3] = {first, classes == 2 ? 0 : second, 0};
          const double top = std::max(std::max(z[0], z[1]), 0.);
          double total = 0, log_jacobian = 0;
          for (int k = 0; k < classes; ++k) total += std::exp(z[k] - top);
          for (int k = 0; k < classes; ++k) {
            const double log_value = z[k] - top - std::log(total);
            x.logits.set(row, std::uint64_t(k), .5 - k);
            x.value.set(row, std::uint64_t(k), log_domain ? log_value : std::exp(log_value));
            log_jacobian += log_domain ? 0 : log_value;
          }
          volume.push_back(log_jacobian + (classes - 1) * std::log(step));
        }
        const std::vector<double> log_prob = x.log_prob();
        double integral = 0;
        for (std::uint64_t row = 0; row < rows; ++row) integral += std::exp(log_prob[row] + volume[row]);
        EXPECT_NEAR(integral, 1, 1e-10) << classes << " classes, temperature " << t;
      }
    }
}

double log_prob_of(const std::vector<double>& logits, const std::vector<double>& value, float temperature,
                   bool log_domain = false, number_type type = number_type::float64) {
  return concrete_row_values{row_of(type, logits), row_of(type, value), {temperature}, log_domain}.log_prob()[0];
}

TEST(ConcreteLogProb, IsUniformWhereTheDistributionIs) {
  for (const double y : {0., 1e-310, 0x1p-1074, .25, .5, 1.})
    EXPECT_NEAR(log_prob_of({3, 3}, {y, 1 - y}, 1), 0, 4e-12) << y;
  EXPECT_EQ(log_prob_of({3}, {1}, .3f), 0);
}

TEST(ConcreteLogProb, AtTheBoundaryIsTheLimit) {
  const std::vector<double> logits = {.5, -1, 2};
  EXPECT_EQ(log_prob_of(logits, {0, .25, .75}, .25f), infinity);
  EXPECT_EQ(log_prob_of(logits, {0, .25, .75}, 1), -infinity);
  EXPECT_NEAR(log_prob_of(logits, {0, .25, .75}, .5f), log_prob_of(logits, {1e-40, .25, .75}, .5f), 1e-12);
  EXPECT_EQ(log_prob_of(logits, {0, 0, 1}, 1.5f), infinity);
  EXPECT_EQ(log_prob_of(logits, {0, 0, 1}, 3), -infinity);
  EXPECT_NEAR(log_prob_of(logits, {0, 0, 1}, 2), log_prob_of(logits, {1e-30, 1e-30, 1}, 2), 1e-12);
  EXPECT_EQ(log_prob_of(logits, {-infinity, std::log(.25), std::log(.75)}, .01f, true), -infinity);
}

TEST(ConcreteLogProb, ASubnormalShareIsItself) {
  const double y = 0x1p-1060;
  EXPECT_NEAR(log_prob_of({1, 0}, {y, 1}, .5f), log_prob_of({1, 0}, {std::log(y), 0}, .5f, true) - std::log(y), 1e-11);
}

TEST(ConcreteLogProb, AMaskedClassIsLeftOut) {
  const double expected = log_prob_of({1, 2}, {.25, .75}, .5f);
  EXPECT_EQ(log_prob_of({1, -infinity, 2}, {.25, 0, .75}, .5f), expected);
  EXPECT_EQ(log_prob_of({1, -infinity, 2}, {.25, .25, .5}, .5f), -infinity);
  EXPECT_EQ(log_prob_of({1, -infinity, 2}, {0, .25, .75}, .5f), -infinity);
  EXPECT_EQ(log_prob_of({1, -infinity, 2}, {std::log(.25), -infinity, std::log(.75)}, .5f, true),
            log_prob_of({1, 2}, {std::log(.25), std::log(.75)}, .5f, true));
}

TEST(ConcreteLogProb, IsNanWithoutADensity) {
  for (const double bad : {not_a_number, infinity}) {
    for (const double y : {0., .5}) EXPECT_TRUE(std::isnan(log_prob_of({bad, 1}, {y, .5}, 1))) << bad << y;
    EXPECT_TRUE(std::isnan(log_prob_of({1, 1}, {bad, .5}, 1)));
    EXPECT_TRUE(std::isnan(log_prob_of({1, 1}, {bad, 0}, 1)));
    EXPECT_TRUE(std::isnan(log_prob_of({1, 1}, {bad, -1}, 1, true)));
  }
  EXPECT_TRUE(std::isnan(log_prob_of({1, 1}, {-.25, .5}, 1)));
  EXPECT_TRUE(std::isnan(log_prob_of({-infinity, -infinity}, {0, 0}, 1)));
}

TEST(ConcreteLogProb, OfALibrarysSampleIsNeverNan) {
  constexpr std::uint64_t rows = 2000, classes = 6;
  for (const number_type type : testing_rows::all_types)
    for (const float t : {1e-42f, 1e-3f, .1f, 1.f, 100.f, 3e38f})
      for (const bool log_domain : {false, true}) {
        concrete_row_values x{row_batch(type, rows, classes), row_batch(type, rows, classes), {t}, log_domain};
        for (std::uint64_t row = 0; row < rows; ++row)
          for (std::uint64_t k = 0; k < classes; ++k)
            x.logits.set(row, k, row % 2 && k == 3 ? -infinity : double(2 * k));
        gumbel_softmax_task sample{.rows = rows, .classes = classes, .type = type, .logits = x.logits.in()};
        sample.temperature = &t;
        sample.log_domain = log_domain;
        sample.y = x.value.out();
        gumbel_softmax(sample);
        for (const double l : x.log_prob())
          EXPECT_FALSE(std::isnan(l)) << testing_rows::name_of(type) << ' ' << t << ' ' << log_domain;
        const auto d = x.vjp(std::vector<double>(rows, 1));
        for (std::uint64_t row = 0; row < rows && t > 1e-40f && t < 1e30f; ++row)
          for (std::uint64_t k = 0; k < classes; ++k)
            EXPECT_FALSE(std::isnan(d.d_logits.get(row, k)) || std::isnan(d.d_value.get(row, k)));
      }
}

// τ·x exceeds the largest number, but the differences do not. The expected value was computed with mpmath. w loses as
// many digits as its differences are smaller.
TEST(ConcreteLogProb, OfWeightsBeyondTheLargestNumber) {
  concrete_row_values row{
      row_of(number_type::float32, {0, 0, 0}), row_of(number_type::float32, {-10, -10.5, -10.25}), {1e38f}, true};
  EXPECT_NEAR(row.log_prob()[0], -7.4999997602142693e37, 7.5e37 * 0x1p-18);
  // The second w is the largest and has all of the weight.
  const auto d = row.vjp({1});
  EXPECT_EQ(testing_rows::numbers_of(d.d_logits, 0), (std::vector<double>{1, -2, 1}));
}

TEST(ConcreteLogProb, ArgumentsAreNamed) {
  const float numbers[2] = {.5f, .5f};
  float temperature = 1, result = 0, room[2];
  const auto named = [](auto call) {
    try {
      call();
    } catch (const invalid_argument& e) {
      return e.argument();
    }
    return std::string();
  };
  concrete_log_prob_task task{
      .rows = 1, .classes = 2, .type = number_type::float32, .logits = {numbers}, .value = {numbers}};
  task.temperature = &temperature;
  const auto forward = [&] { return named([&] { concrete_log_prob(task); }); };
  EXPECT_EQ(forward(), "log_prob");
  task.log_prob = &result;
  EXPECT_EQ(forward(), "");
  for (const float bad : {0.f, -1.f, float(infinity), float(not_a_number)}) {
    temperature = bad;
    EXPECT_EQ(forward(), "temperature");
  }
  temperature = 1;
  task.value.data = nullptr;
  EXPECT_EQ(forward(), "value.data");
  concrete_log_prob_vjp_task back{
      .rows = 1, .classes = 2, .type = number_type::float32, .logits = {numbers}, .value = {numbers}};
  back.temperature = &temperature;
  const auto backward = [&] { return named([&] { concrete_log_prob_vjp(back); }); };
  EXPECT_EQ(backward(), "d_log_prob");
  back.d_log_prob = numbers;
  EXPECT_EQ(backward(), "d_logits.data");
  back.d_temperature = &result;
  EXPECT_EQ(backward(), "");
  back.d_logits.data = back.d_value.data = room;
  EXPECT_EQ(backward(), "d_value.data");
  back.classes = 0;
  EXPECT_EQ(backward(), "classes");
}

}  // namespace
}  // namespace gumbelcuda
