// SPDX-License-Identifier: Apache-2.0
// The backward pass of Gumbel-softmax of rows: from a saved y, against the closed form in long double, with bounds that
// account for every rounding; from noise, which must give the same; and against central differences. The checks must
// reject formulas that lose digits.
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
using testing_rows::infinity, testing_rows::numbers_of, testing_rows::precision, testing_rows::row_batch;

// Rows and the loss's gradients with respect to their samples.
struct example {
  row_batch logits, d_y;
  float temperature;
  noise_address noise{.seed = 12, .first_row = 9, .offset = 32};
  std::uint64_t rows() const { return logits.rows(); }
  std::uint64_t classes() const { return logits.classes(); }
  number_type type() const { return logits.type(); }
};

row_batch forward(example x) {
  row_batch y(x.type(), x.rows(), x.classes());
  gumbel_softmax_task task{.rows = x.rows(), .classes = x.classes(), .type = x.type(), .noise = x.noise};
  task.logits = x.logits.in();
  task.temperature = &x.temperature;
  task.y = y.out();
  gumbel_softmax(task);
  return y;
}

struct gradients {
  row_batch d_logits, d_temperature;
};
using vjp_function = std::function<gradients(example, row_batch* y)>;

// Computed from y if it is not null, otherwise from noise.
gradients vjp(example x, row_batch* y) {
  gradients d{row_batch(x.type(), x.rows(), x.classes()),
              row_batch(testing_rows::computed_type(x.type()), 1, x.rows())};
  gumbel_softmax_vjp_task task{.rows = x.rows(), .classes = x.classes(), .type = x.type(), .noise = x.noise};
  if (y)
    task.y = y->in();
  else
    task.logits = x.logits.in();
  task.temperature = &x.temperature;
  task.d_y = x.d_y.in();
  task.d_logits = d.d_logits.out();
  task.d_temperature = d.d_temperature.out().data;
  gumbel_softmax_vjp(task);
  return d;
}

// The exact derivatives of a row, computed from its y, and how far rounding can move them.
struct exact_vjp {
  std::vector<long double> d_logits, error;
  long double d_temperature = 0, temperature_error = 0;

  exact_vjp(const std::vector<double>& y, const std::vector<double>& d_y, double temperature, const precision& p) {
    const std::size_t top = testing_rows::first_of_the_largest(y);
    const long double scale = 1 / static_cast<long double>(temperature), sum = testing_rows::additions(y.size()) * p.u;
    long double mean = 0, mean_error = 0;
    for (std::size_t k = 0; k < y.size(); ++k) {
      const long double term = y[k] * (static_cast<long double>(d_y[k]) - d_y[top]);
      mean += term;
      mean_error += std::abs(term) * (2 * p.u + sum) + p.least;
    }
    for (std::size_t k = 0; k < y.size(); ++k) {
      const long double d = static_cast<long double>(d_y[k]) - d_y[top], size = std::abs(d - mean);
      d_logits.push_back(y[k] * (d - mean) * scale);
      error.push_back(scale * (y[k] * (p.u * std::abs(d) + mean_error + 4 * p.u * size) + p.least) + p.least);
      if (y[k] == 0) continue;
      const long double log_y = std::log(static_cast<long double>(y[k]));
      const long double log_top = std::log(static_cast<long double>(y[top]));
      const long double ratio = log_y - log_top, size_of_d = std::abs(d_logits[k]) + error[k];
      // A subnormal y counts as the smallest normal number.
      const long double log_error = p.log * p.u * (std::abs(log_y) + std::abs(log_top)) + 2 * p.u * std::abs(ratio) +
                                    std::max(0.0L, std::log(p.smallest_normal) - log_y);
      d_temperature -= d_logits[k] * ratio;
      temperature_error += error[k] * std::abs(ratio) + size_of_d * (log_error + sum * std::abs(ratio)) + p.least;
    }
  }
};

// Ordinary logits, with a common offset, soft at this temperature, near one-hot at it; every fifth row has masks.
example some_example(random_numbers& random, number_type type, std::uint64_t rows, std::uint64_t classes, float tau) {
  const double width = std::min(double(tau), 100.);  // float16 ends at 65504
  example x{row_batch(type, rows, classes), row_batch(type, rows, classes), tau};
  for (std::uint64_t row = 0; row < rows; ++row) {
    const std::uint64_t kept = random.wide_word() % classes;
    for (std::uint64_t k = 0; k < classes; ++k) {
      const double u = random.uniform(-1, 1), logit[] = {4 * u, 50 + 3 * u, width * u, 40 * width * u};
      x.logits.set(row, k, row % 5 == 4 && k != kept && random.word() % 2 ? -infinity : logit[row % 4]);
      x.d_y.set(row, k, random.uniform(0, 1) + random.word() % 2);
    }
  }
  return x;
}

template <class Check>
AssertionResult for_some_examples(Check check) {
  struct shape {
    std::uint64_t rows, classes;
  };
  random_numbers random(1);
  for (const number_type type : testing_rows::all_types)
    for (const auto& [rows, classes] : {shape{20, 1}, shape{20, 2}, shape{20, 3}, shape{40, 5}, shape{20, 17},
                                        shape{20, 300}, shape{4, 4097}, shape{1, 100000}})
      for (const float tau : {1e-30f, .001f, .1f, .5f, 1.f, 7.f, 1e30f})
        if (AssertionResult r = check(some_example(random, type, rows, classes, tau)); !r)
          return r << ", " << testing_rows::name_of(type) << ", " << classes << " classes, τ = " << tau;
  return AssertionSuccess();
}

AssertionResult are_accurate(const vjp_function& f) {
  return for_some_examples([&](const example& x) {
    const precision p(x.type());
    row_batch y = forward(x);
    const gradients d = f(x, &y);
    for (std::uint64_t row = 0; row < x.rows(); ++row) {
      const exact_vjp right(numbers_of(y, row), numbers_of(x.d_y, row), double(x.temperature), p);
      for (std::uint64_t k = 0; k < x.classes(); ++k) {
        const double result = d.d_logits.get(row, k);
        const bool overflows = std::abs(right.d_logits[k]) > 60000 && x.type() == number_type::float16;
        if (overflows && !(std::abs(result) >= 60000 && std::signbit(result) == std::signbit(right.d_logits[k])))
          return AssertionFailure() << "d_logits is " << result << " for " << double(right.d_logits[k]);
        if (y.get(row, k) == 0 && result != 0) return AssertionFailure() << result << " where y is 0";
        if (!overflows && !(std::abs(result - right.d_logits[k]) <= p.stored(right.d_logits[k], right.error[k])))
          return AssertionFailure() << "d_logits is " << result << " for " << double(right.d_logits[k]);
      }
      const double result = d.d_temperature.get(0, row);
      if (!(std::abs(result - right.d_temperature) <= right.temperature_error))
        return AssertionFailure() << "d_temperature is " << result << " for " << double(right.d_temperature);
    }
    return AssertionSuccess();
  });
}

TEST(RowSoftmaxVjp, IsAccurateFromTheYThatWasSaved) {
  EXPECT_TRUE(are_accurate(vjp));
  EXPECT_FALSE(are_accurate([](example x, row_batch* y) {
    x.temperature *= 1.0001f;
    return vjp(x, y);
  }));
  // Right except for rounding: without the pivot.
  EXPECT_FALSE(are_accurate([](const example& x, row_batch* y) {
    gradients d = vjp(x, y);
    for (std::uint64_t row = 0; row < x.rows() && x.type() == number_type::float32; ++row) {
      float mean = 0;
      for (std::uint64_t k = 0; k < x.classes(); ++k) mean += float(y->get(row, k)) * float(x.d_y.get(row, k));
      for (std::uint64_t k = 0; k < x.classes(); ++k)
        d.d_logits.set(row, k, (y->get(row, k) * float(float(x.d_y.get(row, k)) - mean)) / double(x.temperature));
    }
    return d;
  }));
  EXPECT_FALSE(are_accurate([](const example& x, row_batch* y) {
    gradients d = vjp(x, y);
    for (std::uint64_t row = 0; row < x.rows(); ++row)
      d.d_temperature.set(0, row, d.d_temperature.get(0, row) * (x.classes() > 3 ? 1.001 : 1));
    return d;
  }));
}

// In 16 bits, a saved y was rounded, a recomputed one was not: from noise, the results are float32's, rounded once.
TEST(RowSoftmaxVjp, FromNoiseIsWhatItIsFromY) {
  EXPECT_TRUE(for_some_examples([](const example& x) {
    example computed = x;
    computed.logits = computed.d_y = row_batch(testing_rows::computed_type(x.type()), x.rows(), x.classes());
    const auto copy = [&](const row_batch& from, row_batch& to) {
      for (std::uint64_t row = 0; row < x.rows(); ++row)
        for (std::uint64_t k = 0; k < x.classes(); ++k) to.set(row, k, from.get(row, k));
    };
    copy(x.logits, computed.logits);
    copy(x.d_y, computed.d_y);
    row_batch y = forward(computed), expected(x.type(), x.rows(), x.classes());
    const gradients from_y = vjp(computed, &y), from_noise = vjp(x, nullptr);
    copy(from_y.d_logits, expected);
    if (AssertionResult r = same_bytes(expected, from_noise.d_logits); !r) return r;
    return same_bytes(from_y.d_temperature, from_noise.d_temperature);
  }));
}

// Central differences of L = Σ d_y·y in double, with d_y in [0, 2] and scores in [0, 4] but for rounding. The bound of
// the third derivatives is that of tests/unit/softmax_test.cpp. y has 2·(3·4/τ + 4) roundings of exponentials, those of
// the sum's additions, and 2; d_y·y and its sum are exact enough in long double.
TEST(RowSoftmaxVjp, AreSlopes) {
  const auto are_slopes = [](double temperature_factor) -> AssertionResult {
    constexpr float h = 0x1p-18f;
    random_numbers random(6);
    for (const std::uint64_t classes : {1, 2, 5, 300, 100000})
      for (const float tau : {.5f, 2.f}) {
        example x{row_batch(number_type::float64, 1, classes), row_batch(number_type::float64, 1, classes), tau};
        const row_batch g = testing_rows::noise_of(x.type(), 1, classes, x.noise);
        for (std::uint64_t k = 0; k < classes; ++k) {
          x.logits.set(0, k, random.word() % 1024 / 256. - g.get(0, k));
          x.d_y.set(0, k, random.uniform(0, 2));
        }
        const std::vector<double> d_y = numbers_of(x.d_y, 0);
        const auto objective = [&](const example& moved) {
          const std::vector<double> y = numbers_of(forward(moved), 0);
          return std::inner_product(d_y.begin(), d_y.end(), y.begin(), 0.0L);
        };
        const gradients d = vjp(x, nullptr);
        const long double t = tau, rounding = 2 * (2 * (12 / t + 4) + testing_rows::additions(classes) + 2) * 0x1p-53L;
        for (std::uint64_t k = 0; k <= std::min<std::uint64_t>(classes, 20); ++k) {
          const bool of_temperature = k == std::min<std::uint64_t>(classes, 20);
          example up = x, down = x;
          if (of_temperature) {
            up.temperature += h, down.temperature -= h;
          } else {
            up.logits.set(0, k, x.logits.get(0, k) + h);
            down.logits.set(0, k, x.logits.get(0, k) - h);
          }
          const double result = of_temperature ? d.d_temperature.get(0, 0) * temperature_factor : d.d_logits.get(0, k);
          const long double slope = (objective(up) - objective(down)) / (2 * h);
          const long double third =
              of_temperature ? (152 / (t * t) + 192 / t + 12) / (t * t * t * t) : 2 / (8 * t * t * t);
          if (!(std::abs(result - slope) <= 1.01L * (h * h / 6 * third + rounding / h)))
            return AssertionFailure() << result << " for " << double(slope) << ", " << k << " of " << classes;
        }
      }
    return AssertionSuccess();
  };
  EXPECT_TRUE(are_slopes(1));
  EXPECT_FALSE(are_slopes(1 + 1e-5));
}

TEST(RowSoftmaxVjp, IsZeroAtTemperatureZeroAndNanWithoutASample) {
  random_numbers random(7);
  for (const number_type type : testing_rows::all_types) {
    example x = some_example(random, type, 20, 6, 0);
    for (const double l : numbers_of(vjp(x, nullptr).d_logits, 3)) EXPECT_EQ(l, 0);
    EXPECT_EQ(vjp(x, nullptr).d_temperature.get(0, 3), 0);
    x.temperature = 1;
    x.logits.set(2, 4, infinity);
    const gradients d = vjp(x, nullptr);
    for (std::uint64_t k = 0; k < 6; ++k)
      EXPECT_TRUE(std::isnan(d.d_logits.get(2, k)) && !std::isnan(d.d_logits.get(1, k)));
    EXPECT_TRUE(std::isnan(d.d_temperature.get(0, 2)) && !std::isnan(d.d_temperature.get(0, 1)));
  }
}

}  // namespace
}  // namespace gumbelcuda
