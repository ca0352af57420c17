// SPDX-License-Identifier: Apache-2.0
// The Rao-Blackwellised straight-through gradient: against the mean of straight-through gradients in long double; its
// mean and variance next to straight-through's; and an integral for two classes. Statistical bounds are six standard
// errors.
#include <gtest/gtest.h>

#include "gumbelcuda/gumbel.hpp"
#include "gumbelcuda/gumbel_rao.hpp"
#include "tests/rows/scores.hpp"
#include "tests/unit/random_numbers.hpp"

namespace gumbelcuda {
namespace {

using testing_rows::infinity, testing_rows::row_batch;

struct problem {
  row_batch logits, d_one_hot;
  std::vector<std::int64_t> index;
  float temperature;
  noise_address noise{.seed = 11};

  gumbel_rao_vjp_task task(int inner_samples, row_batch& d_logits) {
    return {.rows = logits.rows(),
            .classes = logits.classes(),
            .type = logits.type(),
            .noise = noise,
            .logits = logits.in(),
            .index = index.data(),
            .inner_samples = inner_samples,
            .temperature = &temperature,
            .d_one_hot = d_one_hot.in(),
            .d_logits = d_logits.out()};
  }
  void draw() {
    index.assign(logits.rows(), -1);
    gumbel_max({.rows = logits.rows(),
                .classes = logits.classes(),
                .type = logits.type(),
                .noise = noise,
                .logits = logits.in(),
                .index = index.data()});
  }
};

// The same logits and d in every row.
problem repeated(const std::vector<double>& logits, const std::vector<double>& d, float temperature,
                 std::uint64_t rows) {
  problem p{row_batch(number_type::float32, rows, logits.size()),
            row_batch(number_type::float32, rows, d.size()),
            {},
            temperature};
  for (std::uint64_t row = 0; row < rows; ++row)
    for (std::uint64_t k = 0; k < d.size(); ++k) p.logits.set(row, k, logits[k]), p.d_one_hot.set(row, k, d[k]);
  p.draw();
  return p;
}

TEST(GumbelRao, IsTheMeanOfStraightThroughGradientsOfConditionedScores) {
  for (const number_type type : testing_rows::all_types)
    for (const std::uint64_t classes : {1, 2, 5, 64, 1025})
      for (const int samples : {1, 3, 64}) {
        if (classes * std::uint64_t(samples) > 20000) continue;
        SCOPED_TRACE(std::string(testing_rows::name_of(type)) + " " + std::to_string(classes));
        random_numbers random(classes);
        problem p{row_batch(type, 1, classes), row_batch(type, 1, classes), {}, .5f};
        p.noise.offset = 8;
        for (std::uint64_t k = 0; k < classes; ++k) {
          p.logits.set(0, k, random.uniform(-2, 2));
          p.d_one_hot.set(0, k, random.uniform(-1, 1));
        }
        p.draw();
        row_batch d_logits(type, 1, classes);
        gumbel_rao_vjp(p.task(samples, d_logits));

        std::vector<long double> expected(classes);
        for (int s = 0; s < samples; ++s) {
          noise_address noise = p.noise;
          noise.offset += (std::uint64_t(s) + 1) * ((classes + 3) / 4 * 4);
          // The reference uses double for every type, so that its own error does not matter.
          row_batch wide(number_type::float64, 1, classes), z = wide;
          for (std::uint64_t k = 0; k < classes; ++k) wide.set(0, k, p.logits.get(0, k));
          conditional_gumbel({.rows = 1,
                              .classes = classes,
                              .type = wide.type(),
                              .noise = noise,
                              .logits = wide.in(),
                              .index = p.index.data(),
                              .z = z.out()});
          long double total = 0, mean = 0;
          std::vector<long double> y;
          for (std::uint64_t k = 0; k < classes; ++k) {
            const long double gap = z.get(0, std::uint64_t(p.index[0])) - static_cast<long double>(z.get(0, k));
            y.push_back(std::exp(-gap / p.temperature));
            total += y.back();
          }
          for (std::uint64_t k = 0; k < classes; ++k) mean += (y[k] /= total) * p.d_one_hot.get(0, k);
          for (std::uint64_t k = 0; k < classes; ++k)
            expected[k] += y[k] * (p.d_one_hot.get(0, k) - mean) / p.temperature / samples;
        }
        // Scores of up to 12 have a relative error of 2.5e-7 from their noise (double: 3e-16) and 20 roundings. An
        // exponent has 4 times that over τ, and each y the same error, relative to itself; |d − mean| ≤ 2.
        const testing_rows::precision precise(type);
        const long double relative = 2 * 12 * (4.2L + 20) * precise.u / p.temperature;
        for (std::uint64_t k = 0; k < classes; ++k)
          ASSERT_LE(std::abs(d_logits.get(0, k) - expected[k]),
                    precise.stored(expected[k], 2 * 2 / p.temperature * relative))
              << k << " of " << samples << " samples";
      }
}

struct moments {
  double mean = 0, variance = 0;
};
moments moments_of(const row_batch& d, std::uint64_t k) {
  const double n = double(d.rows());
  moments m;
  for (std::uint64_t row = 0; row < d.rows(); ++row) m.mean += d.get(row, k) / n;
  for (std::uint64_t row = 0; row < d.rows(); ++row) m.variance += std::pow(d.get(row, k) - m.mean, 2) / (n - 1);
  return m;
}

TEST(GumbelRao, HasTheMeanOfStraightThroughAndLessVariance) {
  constexpr std::uint64_t rows = 20000;
  problem p = repeated({1, 0, -.5, .3}, {.2, -1, 1, .5}, .5f, rows);
  // Straight-through, with noise other than that of the mean it is compared with.
  row_batch straight = p.logits, single = p.logits, few = p.logits, many = p.logits;
  gumbel_softmax_vjp({.rows = rows,
                      .classes = 4,
                      .type = number_type::float32,
                      .noise = {.seed = 12},
                      .logits = p.logits.in(),
                      .temperature = &p.temperature,
                      .d_y = p.d_one_hot.in(),
                      .d_logits = straight.out()});
  gumbel_rao_vjp(p.task(1, single));
  gumbel_rao_vjp(p.task(4, few));
  gumbel_rao_vjp(p.task(32, many));
  for (std::uint64_t k = 0; k < 4; ++k) {
    const moments s = moments_of(straight, k), one = moments_of(single, k), m = moments_of(many, k);
    EXPECT_NEAR(s.mean, one.mean, 6 * std::sqrt((s.variance + one.variance) / rows)) << k;
    EXPECT_NEAR(s.mean, m.mean, 6 * std::sqrt((s.variance + m.variance) / rows)) << k;
    // One sample has straight-through's own variance. For n samples, the part of the variance that the argmax leaves
    // open is divided by n.
    EXPECT_NEAR(one.variance / s.variance, 1, .15) << k;
    EXPECT_LT(m.variance, .8 * s.variance) << k;
    const double open = (one.variance - m.variance) / (1 - 1. / 32), settled = one.variance - open;
    EXPECT_NEAR(moments_of(few, k).variance / (settled + open / 4), 1, .15) << k;
  }
  // The argmax matters: if it were always the first class, the mean would differ.
  p.index.assign(rows, 0);
  gumbel_rao_vjp(p.task(32, many));
  const moments wrong = moments_of(many, 1), s = moments_of(straight, 1);
  EXPECT_GT(std::abs(wrong.mean - s.mean), 6 * std::sqrt((s.variance + wrong.variance) / rows));
}

// With exponential E, z_0 − z_1 given that class 0 has the maximum is log(1 + R/p_1), R = E_1/E_0, and P(R ≤ r) is
// r/(1 + r): y_1 = 1/(1 + (1 + R/p_1)^(1/τ)), and the expected gradient is an integral over u = R/(1 + R) in (0, 1).
TEST(GumbelRao, OfTwoClassesHasTheExpectedValueOfAnIntegral) {
  constexpr std::uint64_t rows = 20000;
  constexpr int samples = 8, cells = 100000;
  for (const float temperature : {.3f, 1.f, 2.f}) {
    problem p = repeated({.4, -.3}, {1, -.5}, temperature, rows);
    p.index.assign(rows, 0);
    row_batch d(number_type::float32, rows, 2);
    gumbel_rao_vjp(p.task(samples, d));
    const double p_1 = 1 / (1 + std::exp(.7));
    double expected = 0;
    for (int i = 0; i < cells; ++i) {
      const double u = (i + .5) / cells, y_1 = 1 / (1 + std::pow(1 + u / (1 - u) / p_1, 1 / double(temperature)));
      expected += y_1 * (1 - y_1) * (-.5 - 1) / double(temperature) / cells;
    }
    const moments m = moments_of(d, 1);
    EXPECT_NEAR(m.mean, expected, 6 * std::sqrt(m.variance / rows)) << temperature;
    EXPECT_NEAR(moments_of(d, 0).mean, -m.mean, 1e-6);
  }
}

TEST(GumbelRao, DependsOnNothingButItsRow) {
  problem p = repeated({1, 0, -.5, .3, 2}, {.2, -1, 1, .5, 0}, .5f, 40);
  row_batch together(number_type::float32, 40, 5), alone(number_type::float32, 1, 5);
  gumbel_rao_vjp(p.task(7, together), {.threads = 1});
  gumbel_rao_vjp_task one = p.task(7, alone);
  one.rows = 1;
  for (std::uint64_t row = 0; row < 40; ++row) {
    one.noise.first_row = row;
    one.index = &p.index[row];
    gumbel_rao_vjp(one);
    for (std::uint64_t k = 0; k < 5; ++k) EXPECT_EQ(alone.get(0, k), together.get(row, k));
  }
  gumbel_rao_vjp_task in_place = p.task(7, together);
  in_place.d_logits = p.d_one_hot.out();
  gumbel_rao_vjp(in_place);
  EXPECT_TRUE(testing_rows::same_bytes(together, p.d_one_hot));
}

TEST(GumbelRao, HasNoGradientAtTemperature0AndForMaskedClasses) {
  problem p = repeated({1, -infinity, .5}, {1, 2, 3}, 1.f, 3);
  row_batch d = p.logits;
  gumbel_rao_vjp(p.task(4, d));
  EXPECT_EQ(d.get(0, 1), 0);
  EXPECT_NE(d.get(0, 0), 0);
  p.index[1] = 1;
  p.index[2] = -1;
  p.temperature = 0;
  gumbel_rao_vjp(p.task(4, d));
  for (std::uint64_t k = 0; k < 3; ++k) {
    EXPECT_EQ(d.get(0, k), 0);
    EXPECT_TRUE(std::isnan(d.get(1, k)));
    EXPECT_TRUE(std::isnan(d.get(2, k)));
  }
}

TEST(GumbelRao, ArgumentsAreNamed) {
  problem p = repeated({1, 2}, {1, 2}, 1.f, 2);
  row_batch d = p.logits;
  gumbel_rao_vjp_task good = p.task(4, d);
  const auto named = [&](auto spoil) -> std::string {
    gumbel_rao_vjp_task task = good;
    spoil(task);
    try {
      gumbel_rao_vjp(task);
    } catch (const invalid_argument& e) {
      return e.argument();
    }
    return "";
  };
  const float negative = -1;
  EXPECT_EQ(named([](auto&) {}), "");
  EXPECT_EQ(named([](auto& t) { t.inner_samples = 0; }), "inner_samples");
  EXPECT_EQ(named([](auto& t) { t.inner_samples = 65; }), "inner_samples");
  EXPECT_EQ(named([](auto& t) { t.classes = 0; }), "classes");
  EXPECT_EQ(named([](auto& t) { t.noise.offset = 1; }), "noise.offset");
  EXPECT_EQ(named([](auto& t) { t.index = nullptr; }), "index");
  EXPECT_EQ(named([](auto& t) { t.logits.data = nullptr; }), "logits.data");
  EXPECT_EQ(named([](auto& t) { t.temperature = nullptr; }), "temperature");
  EXPECT_EQ(named([&](auto& t) { t.temperature = &negative; }), "temperature");
  EXPECT_EQ(named([](auto& t) { t.d_one_hot.data = nullptr; }), "d_one_hot.data");
  EXPECT_EQ(named([](auto& t) { t.d_logits.row_stride = 1; }), "d_logits.row_stride");
  EXPECT_EQ(named([&](auto& t) { t.d_logits = {p.d_one_hot.out().data, 3}; }), "d_logits.row_stride");
}

}  // namespace
}  // namespace gumbelcuda
