// SPDX-License-Identifier: Apache-2.0
// Gumbels conditioned on their argmax: against the formula in long double; their distribution; rows that cannot have
// the argmax in question. Each statistical check runs once, on a fixed seed, at level 1e-6, and must reject a wrong
// law.
#include <gtest/gtest.h>

#include <numeric>

#include "gumbelcuda/gumbel.hpp"
#include "gumbelcuda/gumbel_rao.hpp"
#include "tests/rows/scores.hpp"
#include "tests/unit/law_checks.hpp"
#include "tests/unit/random_numbers.hpp"

namespace gumbelcuda {
namespace {

using testing_rows::infinity, testing_rows::row_batch;

// One row.
std::vector<double> conditional(const row_batch& logits, std::int64_t index, const noise_address& noise = {}) {
  row_batch z(logits.type(), 1, logits.classes());
  conditional_gumbel({.rows = 1,
                      .classes = logits.classes(),
                      .type = logits.type(),
                      .noise = noise,
                      .logits = row_batch(logits).in(),
                      .index = &index,
                      .z = z.out()});
  return testing_rows::numbers_of(z, 0);
}

row_batch row_of(number_type type, const std::vector<double>& values) {
  row_batch row(type, 1, values.size());
  for (std::uint64_t k = 0; k < values.size(); ++k) row.set(0, k, values[k]);
  return row;
}

TEST(ConditionalGumbel, IsThatOfTheReference) {
  for (const number_type type : testing_rows::all_types)
    for (const std::uint64_t classes : {1, 2, 5, 64, 1025, 40000}) {
      SCOPED_TRACE(std::string(testing_rows::name_of(type)) + " " + std::to_string(classes));
      random_numbers random(classes);
      row_batch logits(type, 1, classes);
      for (std::uint64_t k = 0; k < classes; ++k) logits.set(0, k, random.uniform(-8, 8));
      const noise_address noise{.seed = 5, .first_row = 3, .offset = 40};
      const row_batch g = testing_rows::noise_of(type, 1, classes, noise);
      const testing_rows::precision p(type);
      long double total = 0, largest = -infinity;
      for (std::uint64_t k = 0; k < classes; ++k) {
        largest = std::max(largest, static_cast<long double>(logits.get(0, k)));
        total += std::exp(static_cast<long double>(logits.get(0, k)));
      }
      for (const std::uint64_t index : {std::uint64_t{0}, classes / 2, classes - 1}) {
        const std::vector<double> z = conditional(logits, std::int64_t(index), noise);
        const long double log_total = std::log(total), top = log_total + g.get(0, index);
        // The roundings of the exponents count with their weighted mean gap, which is log K at most.
        const long double top_error =
            p.u * (std::log(static_cast<long double>(classes)) + p.exp + testing_rows::additions(classes) +
                   p.log * (log_total - largest) + std::abs(log_total) + std::abs(top));
        for (std::uint64_t k = 0; k < classes; ++k) {
          const long double a = static_cast<long double>(logits.get(0, k)) + g.get(0, k);
          const long double exact = k == index ? top : -std::log(std::exp(-a) + std::exp(-top));
          // The roundings of a; softplus (5 u, up to log 2); its argument, a difference; and the result below the top.
          const long double error = top_error + p.u * (std::abs(a) + 5 + std::abs(exact) + 2 * std::abs(top));
          ASSERT_LE(std::abs(z[k] - exact), p.stored(exact, error)) << k;
        }
        EXPECT_EQ(z[index], *std::max_element(z.begin(), z.end()));
      }
    }
}

// All rows have the same logits. index[r] is drawn by softmax, from other words of the same rows, or is supplied.
struct sampled {
  std::vector<std::int64_t> index;
  row_batch z;
};
sampled sample(const std::vector<double>& logits, std::uint64_t rows, std::int64_t given = -1) {
  const std::uint64_t classes = logits.size();
  sampled s{std::vector<std::int64_t>(rows, given), row_batch(number_type::float32, rows, classes)};
  row_batch repeated = s.z;
  for (std::uint64_t row = 0; row < rows; ++row)
    for (std::uint64_t k = 0; k < classes; ++k) repeated.set(row, k, logits[k]);
  if (given < 0)
    gumbel_max({.rows = rows,
                .classes = classes,
                .type = number_type::float32,
                .noise = {.offset = 64},
                .logits = repeated.in(),
                .index = s.index.data()});
  conditional_gumbel({.rows = rows,
                      .classes = classes,
                      .type = number_type::float32,
                      .logits = repeated.in(),
                      .index = s.index.data(),
                      .z = s.z.out()});
  return s;
}

testing::AssertionResult is_gumbel(const row_batch& z, std::uint64_t k, double location) {
  std::vector<float> values;
  for (std::uint64_t row = 0; row < z.rows(); ++row) values.push_back(float(z.get(row, k)));
  return statistics::kolmogorov_agrees(statistics::sorted(values),
                                       [&](double x) { return std::exp(-std::exp(location - x)); });
}

#if defined(__SANITIZE_ADDRESS__)
constexpr std::uint64_t draws = 20000;
#else
constexpr std::uint64_t draws = 200000;
#endif

const std::vector<double> some_logits = {-1.5, 2, .25, 0, 1};
double log_total_of(const std::vector<double>& logits) {
  double total = 0;
  for (const double x : logits) total += std::exp(x);
  return std::log(total);
}

TEST(ConditionalGumbel, GivenSamplesOfSoftmaxHasTheUnconditionedLaw) {
  const sampled s = sample(some_logits, draws);
  for (std::uint64_t k = 0; k < some_logits.size(); ++k) EXPECT_TRUE(is_gumbel(s.z, k, some_logits[k])) << k;
  // Counterexample: with the argmax fixed to one class, its score has another distribution, and so has that of the
  // likeliest class.
  const sampled biased = sample(some_logits, draws, 0);
  for (const std::uint64_t k : {0, 1}) EXPECT_FALSE(is_gumbel(biased.z, k, some_logits[k])) << k;
}

TEST(ConditionalGumbel, HasAMaximumWhoseLawDoesNotDependOnTheArgmax) {
  for (std::int64_t index = 0; index < std::int64_t(some_logits.size()); ++index) {
    const sampled s = sample(some_logits, draws, index);
    EXPECT_TRUE(is_gumbel(s.z, std::uint64_t(index), log_total_of(some_logits))) << index;
    EXPECT_FALSE(is_gumbel(s.z, std::uint64_t(index), log_total_of(some_logits) + .1)) << index;
    for (std::uint64_t row = 0; row < draws; ++row)
      ASSERT_EQ(testing_rows::first_of_the_largest(testing_rows::numbers_of(s.z, row)), std::size_t(index)) << row;
  }
}

TEST(ConditionalGumbel, KeepsItsArgmaxWhereTheDifferenceIsBelowRounding) {
  // Next to 1e30, both scores round to it.
  for (const number_type type : {number_type::float32, number_type::float64})
    for (const double shift : {0., 1e7, -1e7, 1e30, -1e30}) {
      const std::vector<double> z = conditional(row_of(type, {shift, shift}), 1);
      EXPECT_LT(z[0], z[1]) << shift;
      EXPECT_TRUE(std::isfinite(z[0])) << shift;
    }
}

TEST(ConditionalGumbel, LeavesMaskedClassesMasked) {
  const std::vector<double> z = conditional(row_of(number_type::float32, {1, -infinity, 2, -infinity, 0}), 2);
  EXPECT_EQ(z[1], -infinity);
  EXPECT_EQ(z[3], -infinity);
  const row_batch left = row_of(number_type::float32, {-infinity, 3});
  const double g = testing_rows::noise_of(number_type::float32, 1, 2, {}).get(0, 1);
  EXPECT_EQ(conditional(left, 1)[1], double(3 + float(g)));
}

TEST(ConditionalGumbel, IsNanWhereThereIsNone) {
  const auto all_nan = [](const std::vector<double>& logits, std::int64_t index) {
    for (const double z : conditional(row_of(number_type::float32, logits), index))
      if (!std::isnan(z)) return false;
    return true;
  };
  for (const std::int64_t index : {std::int64_t{-1}, std::int64_t{3}, std::numeric_limits<std::int64_t>::min()})
    EXPECT_TRUE(all_nan({1, 2, 3}, index)) << index;
  EXPECT_TRUE(all_nan({1, -infinity, 3}, 1));
  EXPECT_TRUE(all_nan({1, NAN, 3}, 0));
  EXPECT_TRUE(all_nan({1, infinity, 3}, 0));
  EXPECT_TRUE(all_nan({-infinity, -infinity}, 0));
  EXPECT_FALSE(all_nan({1, 2, 3}, 2));
}

TEST(ConditionalGumbel, ArgumentsAreNamed) {
  const float logits[2] = {};
  float z[2] = {};
  const std::int64_t index = 0;
  conditional_gumbel_task task{.rows = 1, .classes = 2, .type = number_type::float32, .logits = {logits}, .z = {z}};
  const auto named = [&]() -> std::string {
    try {
      conditional_gumbel(task);
    } catch (const invalid_argument& e) {
      return e.argument();
    }
    return "";
  };
  EXPECT_EQ(named(), "index");
  task.index = &index;
  EXPECT_EQ(named(), "");
  task.logits.data = z;
  EXPECT_EQ(named(), "z.data") << "they are the same";
  task.z.data = nullptr;
  EXPECT_EQ(named(), "z.data");
  task.logits.data = nullptr;
  EXPECT_EQ(named(), "logits.data");
  task.noise.offset = 2;
  EXPECT_EQ(named(), "noise.offset");
  task.classes = 0;
  EXPECT_EQ(named(), "classes");
}

}  // namespace
}  // namespace gumbelcuda
