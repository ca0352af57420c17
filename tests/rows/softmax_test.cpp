// SPDX-License-Identifier: Apache-2.0
// Gumbel-softmax of rows and its logarithm against long double, with bounds that account for every rounding, for every
// type and length; values that are exact at the ends of the range; and the drawn class, which is Gumbel-max's. The
// checks must reject formulas that lose digits.
#include <gtest/gtest.h>

#include <functional>
#include <numeric>
#include <vector>

#include "gumbelcuda/gumbel.hpp"
#include "gumbelcuda/math/softmax.hpp"
#include "tests/rows/scores.hpp"
#include "tests/unit/random_numbers.hpp"

namespace gumbelcuda {
namespace {

using testing::AssertionFailure, testing::AssertionResult, testing::AssertionSuccess;
using testing_rows::infinity, testing_rows::precision, testing_rows::row_batch;

struct relaxed_rows {
  row_batch y, one_hot;
  std::vector<std::int64_t> index;
};
using relax_function = std::function<relaxed_rows(row_batch logits, const noise_address&,
                                                  const std::vector<float>& temperature, bool log_domain)>;

// One temperature for all rows, or one for each row.
relaxed_rows relax(row_batch logits, const noise_address& noise, const std::vector<float>& temperature,
                   bool log_domain) {
  const row_batch empty(logits.type(), logits.rows(), logits.classes());
  relaxed_rows relaxed{empty, empty, std::vector<std::int64_t>(logits.rows(), -7)};
  gumbel_softmax_task task{.rows = logits.rows(), .classes = logits.classes(), .type = logits.type(), .noise = noise};
  task.logits = logits.in();
  task.temperature = temperature.data();
  task.temperature_per_row = temperature.size() > 1;
  task.y = relaxed.y.out();
  task.one_hot = relaxed.one_hot.out();
  task.index = relaxed.index.data();
  task.log_domain = log_domain;
  gumbel_softmax(task);
  return relaxed;
}

// Ordinary logits, with a common offset, soft at this temperature, near one-hot at it; every fifth row has masks.
row_batch some_logits(random_numbers& random, number_type type, std::uint64_t rows, std::uint64_t classes, double tau) {
  const double width = std::min(tau, 100.);  // float16 ends at 65504
  row_batch logits(type, rows, classes);
  for (std::uint64_t row = 0; row < rows; ++row) {
    const std::uint64_t kind = row % 4, kept = random.wide_word() % classes;
    for (std::uint64_t k = 0; k < classes; ++k) {
      const double u = random.uniform(-1, 1), logit[] = {4 * u, 50 + 3 * u, width * u, 40 * width * u};
      logits.set(row, k, row % 5 == 4 && k != kept && random.word() % 2 ? -infinity : logit[kind]);
    }
  }
  return logits;
}

struct shape {
  std::uint64_t rows, classes;
};
constexpr shape shapes[] = {{20, 1},  {20, 2},   {20, 3},   {40, 5},    {20, 16},
                            {20, 17}, {20, 300}, {4, 4097}, {2, 32769}, {1, 100000}};
constexpr float temperatures[] = {1e-30f, .001f, .1f, 1, 7, 1e30f};

// Calls check(type, τ, logits, scores) for rows of all kinds; scores(row) is logits + noise.
template <class Check>
AssertionResult for_some_rows(Check check) {
  random_numbers random(1);
  for (const number_type type : testing_rows::all_types)
    for (const auto& [rows, classes] : shapes)
      for (const float tau : temperatures) {
        const noise_address noise{.seed = 11, .first_row = 3, .offset = 64};
        const row_batch logits = some_logits(random, type, rows, classes, double(tau));
        const row_batch g = testing_rows::noise_of(type, rows, classes, noise);
        const auto scores = [&](std::uint64_t row) { return testing_rows::scores_of(logits, g, row); };
        if (AssertionResult r = check(tau, logits, noise, scores); !r)
          return r << ", " << testing_rows::name_of(type) << ", " << classes << " classes, τ = " << tau;
      }
  return AssertionSuccess();
}

AssertionResult are_accurate(const relax_function& relax_rows) {
  return for_some_rows([&](float tau, const row_batch& logits, const noise_address& noise, auto scores) {
    const precision p(logits.type());
    const row_batch y = relax_rows(logits, noise, {tau}, false).y, log_y = relax_rows(logits, noise, {tau}, true).y;
    for (std::uint64_t row = 0; row < logits.rows(); ++row) {
      const std::vector<double> z = scores(row);
      const testing_rows::exact_softmax right(z, double(tau), p);
      const double top = *std::max_element(z.begin(), z.end());
      long double sum = 0, stored_error = 0;
      for (std::uint64_t k = 0; k < z.size(); ++k) {
        const double result = y.get(row, k), log_result = log_y.get(row, k);
        if (!(std::abs(result - right.y[k]) <= p.stored(right.y[k], right.y_error[k])))
          return AssertionFailure() << "y is " << result << " for " << double(right.y[k]) << ", row " << row;
        const long double gap = (top - z[k]) / static_cast<long double>(tau);
        if (gap > p.exp_end * (1 + 4 * p.u) && result != 0) return AssertionFailure() << result << " is not 0";
        // If the stored type is the computed one, a subnormal product must not become 0.
        if (gap < p.exp_end * (1 - 4 * p.u) && p.stored_u == 0 && !(result > 0)) return AssertionFailure() << "y is 0";
        if (right.log_y[k] < -std::numeric_limits<float>::max() || std::isinf(right.log_y[k])) {
          if (!(log_result <= -60000)) return AssertionFailure() << "log y is " << log_result;
        } else if (const long double error = p.stored(right.log_y[k], right.log_y_error[k]);
                   !(std::abs(log_result - right.log_y[k]) <= error) &&
                   !(logits.type() == number_type::float16 && std::isinf(log_result) && right.log_y[k] < -65000)) {
          return AssertionFailure() << "log y is " << log_result << " for " << double(right.log_y[k]);
        }
        sum += result;
        stored_error += p.stored(result, 0);
      }
      // The roundings of the sum, the quotient and the product.
      if (!(std::abs(sum - 1) <= (testing_rows::additions(z.size()) + 2) * p.u + stored_error + z.size() * p.least))
        return AssertionFailure() << "a sum of " << double(sum);
    }
    return AssertionSuccess();
  });
}

TEST(RowSoftmax, AndItsLogarithmAreAccurate) {
  EXPECT_TRUE(are_accurate(relax));
  const auto with_temperature = [](float factor) {
    return [factor](row_batch logits, const noise_address& noise, std::vector<float> tau, bool log_domain) {
      tau[0] *= factor;
      return relax(std::move(logits), noise, tau, log_domain);
    };
  };
  EXPECT_FALSE(are_accurate(with_temperature(1.0001f)));
  EXPECT_FALSE(
      are_accurate([](const row_batch& logits, noise_address noise, const std::vector<float>& tau, bool log_domain) {
        noise.offset += 4;
        return relax(logits, noise, tau, log_domain);
      }));
  // Counterexample: the logarithm of a y that has been rounded.
  EXPECT_FALSE(are_accurate(
      [](const row_batch& logits, const noise_address& noise, const std::vector<float>& tau, bool log_domain) {
        relaxed_rows relaxed = relax(logits, noise, tau, false);
        for (std::uint64_t row = 0; log_domain && row < logits.rows(); ++row)
          for (std::uint64_t k = 0; k < logits.classes(); ++k) relaxed.y.set(row, k, std::log(relaxed.y.get(row, k)));
        return relaxed;
      }));
}

TEST(RowSoftmax, DrawsWhatGumbelMaxDraws) {
  EXPECT_TRUE(for_some_rows([&](float tau, row_batch logits, const noise_address& noise, auto) {
    const row_batch g = testing_rows::noise_of(logits.type(), logits.rows(), logits.classes(), noise);
    std::vector<std::int64_t> index(logits.rows());
    gumbel_max({.rows = logits.rows(),
                .classes = logits.classes(),
                .type = logits.type(),
                .noise = noise,
                .logits = logits.in(),
                .index = index.data()});
    for (const bool log_domain : {false, true}) {
      const relaxed_rows relaxed = relax(logits, noise, {tau}, log_domain);
      if (relaxed.index != index) return AssertionFailure() << "another class";
      for (std::uint64_t row = 0; row < logits.rows(); ++row) {
        const std::size_t best = testing_rows::first_of_the_largest(testing_rows::exact_scores_of(logits, g, row));
        for (std::uint64_t k = 0; k < logits.classes(); ++k)
          if (relaxed.one_hot.get(row, k) != (k == best ? 1 : 0)) return AssertionFailure() << "not one-hot";
      }
    }
    return AssertionSuccess();
  }));
}

// The limit of small temperatures, and τ = ±0: one-hot, or shared equally among classes that tie.
TEST(RowSoftmax, OfTemperatureZeroIsOneHot) {
  random_numbers random(2);
  for (const number_type type : testing_rows::all_types)
    for (const float tau : {0.f, -0.f})
      for (const std::uint64_t classes : {1, 5, 300}) {
        const row_batch logits = some_logits(random, type, 20, classes, 1);
        const relaxed_rows relaxed = relax(logits, {}, {tau}, false), logarithm = relax(logits, {}, {tau}, true);
        EXPECT_TRUE(same_bytes(relaxed.y, relaxed.one_hot)) << testing_rows::name_of(type) << ", τ = " << tau;
        for (std::uint64_t row = 0; row < 20; ++row)
          for (std::uint64_t k = 0; k < classes; ++k) {
            const bool drawn = relaxed.index[row] == std::int64_t(k);
            EXPECT_TRUE(drawn ? logarithm.y.get(row, k) == 0 : logarithm.y.get(row, k) < -60000) << "τ = " << tau;
          }
        row_batch tied(number_type::float32, 1, 8);
        for (std::uint64_t k = 0; k < 8; ++k) tied.set(0, k, k < 4 ? 1e30 : 0);
        const relaxed_rows shared = relax(tied, {}, {tau}, false);
        EXPECT_EQ(numbers_of(shared.y, 0), (std::vector<double>{.25, .25, .25, .25, 0, 0, 0, 0}));
        const std::vector<double> g = numbers_of(testing_rows::noise_of(number_type::float32, 1, 4, {}), 0);
        EXPECT_EQ(shared.index[0], std::int64_t(testing_rows::first_of_the_largest(g)));  // noise still decides
      }
}

TEST(RowSoftmax, OfMaskedClassesIsExactlyZero) {
  random_numbers random(3);
  for (const number_type type : testing_rows::all_types)
    for (const float tau : {0.f, 1e-30f, 1.f, 1e30f, std::numeric_limits<float>::max()}) {
      const row_batch logits = some_logits(random, type, 25, 50, 1);
      const relaxed_rows relaxed = relax(logits, {}, {tau}, false), logarithm = relax(logits, {}, {tau}, true);
      for (std::uint64_t row = 4; row < 25; row += 5)
        for (std::uint64_t k = 0; k < 50; ++k)
          if (logits.get(row, k) == -infinity) {
            EXPECT_EQ(relaxed.y.get(row, k), 0) << tau;
            EXPECT_EQ(logarithm.y.get(row, k), -infinity) << tau;
          }
    }
}

TEST(RowSoftmax, TakesATemperatureOfEachRow) {
  random_numbers random(4);
  const row_batch logits = some_logits(random, number_type::float32, 6, 10, 1);
  const std::vector<float> each = {1, .1f, 0, 7, 1e-30f, 1e30f};
  const relaxed_rows together = relax(logits, {}, each, false);
  for (std::uint64_t row = 0; row < 6; ++row)
    EXPECT_EQ(testing_rows::numbers_of(together.y, row),
              testing_rows::numbers_of(relax(logits, {}, {each[row]}, false).y, row));
}

TEST(RowSoftmax, OfARowThatCannotBeDrawnFromIsNan) {
  for (const number_type type : testing_rows::all_types)
    for (const double odd : {testing_rows::not_a_number, infinity, -infinity})
      for (const float tau : {0.f, 1.f})
        for (const bool log_domain : {false, true}) {
          row_batch logits(type, 2, 6);
          for (std::uint64_t k = 0; k < 6; ++k) {
            logits.set(0, k, odd == -infinity || k == 4 ? odd : double(k));
            logits.set(1, k, double(k));
          }
          const relaxed_rows relaxed = relax(logits, {}, {tau}, log_domain);
          EXPECT_EQ(relaxed.index[0], -1);
          EXPECT_GE(relaxed.index[1], 0);
          for (std::uint64_t k = 0; k < 6; ++k)
            EXPECT_TRUE(std::isnan(relaxed.y.get(0, k)) && std::isnan(relaxed.one_hot.get(0, k)) &&
                        !std::isnan(relaxed.y.get(1, k)));
        }
}

}  // namespace
}  // namespace gumbelcuda
