// SPDX-License-Identifier: Apache-2.0
// Rows whose logits differ by more than the largest number, at a temperature at which the scaled differences are
// ordinary numbers: every operation with a temperature against softmax of {3, −3, 0}, computed with mpmath. Here noise
// is far below an ulp of a score, so that results do not depend on the draws.
#include <gtest/gtest.h>

#include <cmath>

#include "gumbelcuda/categorical_sample.hpp"
#include "gumbelcuda/gumbel.hpp"
#include "gumbelcuda/gumbel_rao.hpp"
#include "gumbelcuda/relaxed_k_hot.hpp"
#include "tests/rows/categorical_sample_rows.hpp"
#include "tests/rows/concrete_rows.hpp"

namespace gumbelcuda {
namespace {

using testing_rows::numbers_of, testing_rows::row_batch, testing_rows::row_of;

// Logits, and log softmax(logits/τ).
constexpr float temperature = 1e38f;
const std::vector<double> far_apart = {3e38, -3e38, 0};
constexpr double log_shares[] = {-0.050945758246994045, -6.0509459610710966, -3.0509458596590453};

class FarApart : public testing::TestWithParam<number_type> {
 protected:
  row_batch logits = row_of(GetParam(), far_apart), result = logits;
  // The errors of the scaled gap (a number up to 6), of the exponential and of storing. bfloat16 holds 3e38 itself only
  // to half a per cent.
  double relative() const { return GetParam() == number_type::bfloat16 ? 0x1p-6 : 0x1p-20; }
  void expect_shares(double factor = 1) const {
    for (std::uint64_t k = 0; k < 3; ++k)
      EXPECT_NEAR(result.get(0, k), factor * std::exp(log_shares[k]), factor * std::exp(log_shares[k]) * relative())
          << k;
  }
};

TEST_P(FarApart, GumbelSoftmax) {
  gumbel_softmax_task task{
      .rows = 1, .classes = 3, .type = GetParam(), .logits = logits.in(), .temperature = &temperature};
  task.y = result.out();
  gumbel_softmax(task);
  expect_shares();
  task.log_domain = true;
  gumbel_softmax(task);
  for (std::uint64_t k = 0; k < 3; ++k) EXPECT_NEAR(result.get(0, k), log_shares[k], 6 * relative()) << k;
}

TEST_P(FarApart, GumbelSoftmaxVjp) {
  const double scale = 1e30, d_of[] = {2 * scale, 0, -scale};
  row_batch d_y = row_of(GetParam(), {d_of[0], d_of[1], d_of[2]});
  row_batch d_temperature(testing_rows::computed_type(GetParam()), 1, 1);
  gumbel_softmax_vjp({.rows = 1,
                      .classes = 3,
                      .type = GetParam(),
                      .logits = logits.in(),
                      .temperature = &temperature,
                      .d_y = d_y.in(),
                      .d_logits = result.out(),
                      .d_temperature = d_temperature.out().data});
  double mean = 0, total = 0;
  for (std::uint64_t k = 0; k < 3; ++k) mean += std::exp(log_shares[k]) * d_y.get(0, k);
  for (std::uint64_t k = 0; k < 3; ++k) {
    const double d = std::exp(log_shares[k]) * (d_y.get(0, k) - mean) / temperature;
    EXPECT_NEAR(result.get(0, k), d, 3e-8 * relative()) << k;
    total -= d * log_shares[k];
  }
  EXPECT_NEAR(d_temperature.get(0, 0), total, 1e-7 * relative());
}

TEST_P(FarApart, CategoricalSample) {
  categorical_sample_task task = testing_rows::sample_task(logits, {}, 4000);
  task.temperature = &temperature;
  const auto drawn = testing_rows::draw(task);
  int times[3] = {};
  for (std::uint64_t d = 0; d < 4000; ++d) {
    const auto k = drawn.index[d];
    ASSERT_TRUE(k >= 0 && k < 3);
    ++times[k];
    EXPECT_NEAR(drawn.log_prob.get(0, d), log_shares[k], 6 * relative());
  }
  // The rarest class is expected 9.4 times; it is missing for one seed in 12,000.
  for (const int n : times) EXPECT_GT(n, 0);
}

// Classes 0 and 2 together have probability .9976. A top_p just below that keeps these two classes, and one that is a
// little larger keeps all three; so the third class has its own weight.
TEST_P(FarApart, CategoricalFilters) {
  for (const auto& [top_p, rarest] : {std::pair{.9970f, false}, std::pair{.9985f, true}}) {
    categorical_sample_task task = testing_rows::sample_task(logits, {}, 4000);
    task.temperature = &temperature;
    task.top_p = &top_p;
    bool seen = false;
    for (const std::int64_t k : testing_rows::draw(task).index) seen = seen || k == 1;
    EXPECT_EQ(seen, rarest) << top_p;
  }
}

// With k = 1, this is a softmax built of sigmoids: y = sigmoid(x − ν), Σ y = 1.
TEST_P(FarApart, RelaxedKHot) {
  double low = -10, high = 10;
  const double x[] = {3e38 / temperature, -3e38 / temperature, 0};
  const auto sigmoid = [](double z) { return 1 / (1 + std::exp(-z)); };
  for (int i = 0; i < 100; ++i) {
    const double middle = (low + high) / 2;
    (sigmoid(x[0] - middle) + sigmoid(x[1] - middle) + sigmoid(x[2] - middle) > 1 ? low : high) = middle;
  }
  relaxed_k_hot({.rows = 1,
                 .classes = 3,
                 .type = GetParam(),
                 .logits = logits.in(),
                 .k = 1,
                 .temperature = &temperature,
                 .y = result.out()});
  for (std::uint64_t k = 0; k < 3; ++k) {
    const double y = sigmoid(x[k] - low);
    EXPECT_NEAR(result.get(0, k), y, 2 * y * relative()) << k;
  }
}

TEST_P(FarApart, GumbelRao) {
  const double scale = 1e30;
  row_batch d_one_hot = row_of(GetParam(), {2 * scale, 0, -scale});
  const std::int64_t index = 0;
  gumbel_rao_vjp_task task{.rows = 1, .classes = 3, .type = GetParam(), .logits = logits.in(), .index = &index};
  task.inner_samples = 1;
  task.temperature = &temperature;
  task.d_one_hot = d_one_hot.in();
  task.d_logits = result.out();
  gumbel_rao_vjp(task);
  double mean = 0;
  for (std::uint64_t k = 0; k < 3; ++k) mean += std::exp(log_shares[k]) * d_one_hot.get(0, k);
  for (std::uint64_t k = 0; k < 3; ++k)
    EXPECT_NEAR(result.get(0, k), std::exp(log_shares[k]) * (d_one_hot.get(0, k) - mean) / temperature,
                3e-8 * relative())
        << k;
}

INSTANTIATE_TEST_SUITE_P(Types, FarApart, testing::Values(number_type::float32, number_type::bfloat16),
                         [](const auto& type) { return testing_rows::name_of(type.param); });

// No temperature scales float64 differences of this size to ordinary numbers, but log y can be any number.
TEST(FarApartDoubles, HaveALogarithm) {
  row_batch logits = row_of(number_type::float64, {1.5e308, -1.5e308, 0}), result = logits;
  const float largest = 3e38f;
  gumbel_softmax_task task{
      .rows = 1, .classes = 3, .type = number_type::float64, .logits = logits.in(), .temperature = &largest};
  task.y = result.out();
  task.log_domain = true;
  gumbel_softmax(task);
  EXPECT_EQ(result.get(0, 0), 0);
  EXPECT_NEAR(result.get(0, 1), -9.9999999816741476e269, 1e255);
  EXPECT_NEAR(result.get(0, 2), -4.9999999908370738e269, 1e255);
}

}  // namespace
}  // namespace gumbelcuda
