// SPDX-License-Identifier: Apache-2.0
// Relaxed Bernoulli variables: the distribution and both tails of their noise; temperature 0; gradients against central
// differences; log density against long double, with its integral and limits; arguments.
#include <gtest/gtest.h>

#include "gumbelcuda/detail/rows/relaxed_bernoulli.hpp"
#include "gumbelcuda/relaxed_bernoulli.hpp"
#include "tests/rows/concrete_rows.hpp"
#include "tests/unit/random_numbers.hpp"

namespace gumbelcuda {
namespace {

using testing_rows::infinity, testing_rows::not_a_number, testing_rows::row_batch, testing_rows::row_of;

TEST(Logistic, IsThatOfItsWordAndOdd) {
  random_numbers random(1);
  for (int n = 0; n < 300000; ++n) {
    const std::uint32_t word = n % 3 ? random.word() : n % 2 ? random.word() % 9000 : ~(random.word() % 9000);
    const std::uint32_t extension = random.word();
    const long double low = word_is_low(word) ? word : ~word;
    const long double h = (low + (low < tail_words ? (extension + .5L) * 0x1p-32L : .5L)) * 0x1p-32L;
    const long double exact = (word_is_low(word) ? 1 : -1) * std::log((1 - h) / h);
    const float single = logistic<float>(word, extension);
    EXPECT_NEAR(single, double(exact), 4e-7 * std::max(1., std::abs(double(exact))));
    EXPECT_NEAR(logistic<double>(word, extension), double(exact), 1e-15 * std::max(1., std::abs(double(exact))));
    EXPECT_EQ(logistic<float>(~word, extension), -single);
  }
  EXPECT_NEAR(logistic<double>(0, 0), 65 * std::log(2.), 1e-13);
  EXPECT_NEAR(logistic<double>(~0u, 0), -65 * std::log(2.), 1e-13);
}

struct variables {
  row_batch logits;
  std::vector<float> temperature;
  noise_address noise{.seed = 5, .first_row = 3, .offset = 8};

  row_batch empty() const { return row_batch(logits.type(), logits.rows(), logits.classes()); }
  relaxed_bernoulli_task task() {
    return {.rows = logits.rows(),
            .classes = logits.classes(),
            .type = logits.type(),
            .noise = noise,
            .logits = logits.in(),
            .temperature = temperature.data(),
            .temperature_per_row = temperature.size() > 1};
  }
  row_batch y() {
    row_batch result = empty();
    relaxed_bernoulli_task to = task();
    to.y = result.out();
    relaxed_bernoulli(to);
    return result;
  }
};

variables equal_variables(number_type type, std::uint64_t rows, std::uint64_t classes, double logit, float t) {
  variables x{row_batch(type, rows, classes), {t}};
  for (std::uint64_t row = 0; row < rows; ++row)
    for (std::uint64_t k = 0; k < classes; ++k) x.logits.set(row, k, logit);
  return x;
}

// Kolmogorov-Smirnov with 2^18 draws: D·√N exceeds 1.95 for one seed in a thousand; the seed is fixed. With τ = 1, y is
// the noise's distribution function at the noise.
TEST(RelaxedBernoulli, NoiseIsLogistic) {
  constexpr std::uint64_t rows = 512, classes = 512;
  const auto distance = [&](double logit) {
    std::vector<double> u;
    const row_batch y = equal_variables(number_type::float64, rows, classes, logit, 1).y();
    for (std::uint64_t row = 0; row < rows; ++row)
      for (std::uint64_t k = 0; k < classes; ++k) u.push_back(y.get(row, k));
    std::sort(u.begin(), u.end());
    double most = 0;
    const double count = double(u.size());
    for (std::size_t i = 0; i < u.size(); ++i)
      most = std::max({most, double(i + 1) / count - u[i], u[i] - double(i) / count});
    return most * std::sqrt(count);
  };
  EXPECT_LT(distance(0), 1.95);
  EXPECT_GT(distance(.05), 1.95);
}

// Five standard deviations.
TEST(RelaxedBernoulli, AtTemperatureZeroIsABernoulliVariable) {
  for (const double logit : {-2., 0., 1.}) {
    variables x = equal_variables(number_type::float32, 100, 1000, logit, 0);
    row_batch y = x.empty(), hard = y;
    relaxed_bernoulli_task task = x.task();
    task.y = y.out();
    task.hard = hard.out();
    relaxed_bernoulli(task);
    EXPECT_TRUE(testing_rows::same_bytes(y, hard));
    double ones = 0;
    for (std::uint64_t row = 0; row < 100; ++row)
      for (std::uint64_t k = 0; k < 1000; ++k) ones += y.get(row, k);
    const double p = 1 / (1 + std::exp(-logit));
    EXPECT_NEAR(ones, 1e5 * p, 5 * std::sqrt(1e5 * p * (1 - p))) << logit;
  }
}

TEST(RelaxedBernoulli, HardIsOneWhereYIsAboveAHalf) {
  for (const number_type type : testing_rows::all_types) {
    variables x = equal_variables(type, 3, 50, .25, 1);
    x.temperature = {.1f, 1.f, 20.f};
    row_batch y = x.empty(), hard = y;
    relaxed_bernoulli_task task = x.task();
    task.y = y.out();
    task.hard = hard.out();
    relaxed_bernoulli(task);
    for (std::uint64_t row = 0; row < 3; ++row)
      for (std::uint64_t k = 0; k < 50; ++k) {
        EXPECT_TRUE(hard.get(row, k) == 0 || hard.get(row, k) == 1);
        EXPECT_TRUE(y.get(row, k) == .5 || (y.get(row, k) > .5) == (hard.get(row, k) == 1));
      }
  }
}

TEST(RelaxedBernoulli, SpecialLogits) {
  variables x{row_of(number_type::float32, {infinity, -infinity, not_a_number, 0}), {1}};
  for (const float t : {0.f, 1e-42f, 1.f, 3e38f}) {
    x.temperature = {t};
    const row_batch y = x.y();
    EXPECT_EQ(y.get(0, 0), 1);
    EXPECT_EQ(y.get(0, 1), 0);
    EXPECT_TRUE(std::isnan(y.get(0, 2)));
    EXPECT_TRUE(y.get(0, 3) >= 0 && y.get(0, 3) <= 1);
  }
}

// Central differences in double: h²/6 of the third derivative, which is below 1/(8·τ³), and 2^-50/h of rounding. For
// the derivative by τ, |z| < 12 and lower powers of 1/τ enter.
TEST(RelaxedBernoulliVjp, AreSlopes) {
  constexpr std::uint64_t rows = 3, classes = 30;
  constexpr float h = 0x1p-16f;
  variables x{row_batch(number_type::float64, rows, classes), {.5f, 1.f, 4.f}};
  row_batch d_y = x.empty();
  random_numbers random(4);
  for (std::uint64_t row = 0; row < rows; ++row)
    for (std::uint64_t k = 0; k < classes; ++k) {
      x.logits.set(row, k, random.uniform(-2, 2));
      d_y.set(row, k, random.uniform(-1, 1));
    }
  const auto moved = [&](double logit, float temperature) {
    variables at = x;
    for (std::uint64_t row = 0; row < rows; ++row) {
      at.temperature[row] += temperature;
      for (std::uint64_t k = 0; k < classes; ++k) at.logits.set(row, k, at.logits.get(row, k) + logit);
    }
    return at.y();
  };
  for (const bool saved : {true, false}) {
    row_batch y = x.y(), d_logits = d_y, d_temperature(number_type::float64, 1, rows);
    relaxed_bernoulli_vjp_task task{.rows = rows, .classes = classes, .type = number_type::float64, .noise = x.noise};
    if (saved)
      task.y = y.in();
    else
      task.logits = x.logits.in();
    task.temperature = x.temperature.data();
    task.temperature_per_row = true;
    task.d_y = d_logits.in();  // in place
    task.d_logits = d_logits.out();
    task.d_temperature = d_temperature.out().data;
    relaxed_bernoulli_vjp(task);
    const row_batch up = moved(h, 0), down = moved(-h, 0), hotter = moved(0, h), colder = moved(0, -h);
    for (std::uint64_t row = 0; row < rows; ++row) {
      const double t = x.temperature[row];
      double by_temperature = 0;
      for (std::uint64_t k = 0; k < classes; ++k) {
        const double slope = d_y.get(row, k) * (up.get(row, k) - down.get(row, k)) / (2 * h);
        EXPECT_NEAR(d_logits.get(row, k), slope, h * h / (48 * t * t * t) + 0x1p-50 / h);
        by_temperature += d_y.get(row, k) * (hotter.get(row, k) - colder.get(row, k)) / (2 * h);
      }
      EXPECT_NEAR(d_temperature.get(0, row), by_temperature,
                  classes * (h * h * std::pow((12 / t + 1) / t, 3) + 0x1p-50 / h));
    }
  }
}

TEST(RelaxedBernoulliVjp, IsZeroWhereYIsHard) {
  for (const float t : {0.f, .5f}) {
    row_batch y = row_of(number_type::float32, {0, 1}), d = row_of(number_type::float32, {3, -4});
    float d_temperature = 9;
    relaxed_bernoulli_vjp({.rows = 1,
                           .classes = 2,
                           .type = number_type::float32,
                           .temperature = &t,
                           .y = y.in(),
                           .d_y = d.in(),
                           .d_logits = d.out(),
                           .d_temperature = &d_temperature});
    EXPECT_EQ(d.get(0, 0), 0);
    EXPECT_EQ(d.get(0, 1), 0);
    EXPECT_EQ(d_temperature, 0);
  }
}

std::vector<double> log_prob_of(number_type type, const std::vector<double>& logits, const std::vector<double>& y,
                                float temperature) {
  row_batch l = row_of(type, logits), at = row_of(type, y), result(type, 1, y.size());
  relaxed_bernoulli_log_prob({.rows = 1,
                              .classes = y.size(),
                              .type = type,
                              .logits = l.in(),
                              .y = at.in(),
                              .temperature = &temperature,
                              .log_prob = result.out()});
  return testing_rows::numbers_of(result, 0);
}

TEST(RelaxedBernoulliLogProb, IsThatOfTheReference) {
  random_numbers random(8);
  for (const number_type type : {number_type::float32, number_type::float64})
    for (const float t : {.1f, 1.f, 7.f})
      for (int n = 0; n < 2000; ++n) {
        const row_batch logit = row_of(type, {random.uniform(-9, 9)});
        const row_batch y = row_of(type, {n % 2 ? random.uniform(0, 1) : std::exp(random.uniform(-60, 0))});
        const long double l = logit.get(0, 0), a = y.get(0, 0), log_y = std::log(a), log_rest = std::log1p(-a);
        const long double w = l - t * (log_y - log_rest);
        const long double exact =
            std::log((long double)t) - std::abs(w) - 2 * std::log1p(std::exp(-std::abs(w))) - log_y - log_rest;
        // 1 − y is rounded by half a unit of 1, each logarithm by 2.4 units of itself, everything else by less.
        const long double size = 4 + (t + 1) * (4 * (std::abs(log_y) + std::abs(log_rest)) + 2) + 3 * std::abs(w) +
                                 std::abs(l) + std::abs(std::log(t));
        const double unit = type == number_type::float64 ? 0x1p-53 : 0x1p-24;
        EXPECT_NEAR(log_prob_of(type, {logit.get(0, 0)}, {y.get(0, 0)}, t)[0], double(exact), double(2 * size) * unit);
      }
}

// The trapezoidal rule over the log odds of y, as in concrete_test.cpp. The range is short, since 1 − y must not round
// to 0.
TEST(RelaxedBernoulliLogProb, IsThatOfADensityAndOfTwoClasses) {
  for (const float t : {1.25f, 2.f}) {
    std::vector<double> logits, y, two_logits, two;
    for (int i = -240; i <= 240; ++i) {
      logits.push_back(.75);
      y.push_back(1 / (1 + std::exp(-i / 8.)));
    }
    const std::vector<double> log_prob = log_prob_of(number_type::float64, logits, y, t);
    double integral = 0;
    for (std::size_t i = 0; i < y.size(); ++i) integral += std::exp(log_prob[i]) * y[i] * (1 - y[i]) / 8;
    EXPECT_NEAR(integral, 1, 1e-12 + 4 * std::exp(-30. * double(t)));
    testing_rows::concrete_row_values pair{
        row_of(number_type::float64, {.75, 0}), row_of(number_type::float64, {.25, .75}), {t}};
    EXPECT_NEAR(pair.log_prob()[0], log_prob_of(number_type::float64, {.75}, {.25}, t)[0], 1e-14);
  }
}

TEST(RelaxedBernoulliLogProb, AtItsEndsIsTheLimit) {
  const auto at = [](double logit, double y, float t) { return log_prob_of(number_type::float32, {logit}, {y}, t)[0]; };
  EXPECT_EQ(at(2, 0, 1), -2);
  EXPECT_EQ(at(2, 1, 1), 2);
  for (const double y : {0., 1.}) {
    EXPECT_EQ(at(2, y, .5f), infinity);
    EXPECT_EQ(at(2, y, 2), -infinity);
  }
  EXPECT_EQ(at(infinity, 1, 2), infinity);
  EXPECT_EQ(at(infinity, 0, .5f), -infinity);
  EXPECT_EQ(at(-infinity, .5, 1), -infinity);
  for (const double bad : {-.5, 1.5, not_a_number}) EXPECT_TRUE(std::isnan(at(1, bad, 1))) << bad;
  for (const double y : {0., .5, 1.}) EXPECT_TRUE(std::isnan(at(not_a_number, y, 1)));
}

}  // namespace
}  // namespace gumbelcuda
