// SPDX-License-Identifier: Apache-2.0
// Gradients of relaxed k-hot samples against central differences; rows where there are none; arguments.
#include <gtest/gtest.h>

#include "gumbelcuda/error.hpp"
#include "gumbelcuda/gumbel.hpp"
#include "gumbelcuda/relaxed_k_hot.hpp"
#include "tests/rows/k_hot_samples.hpp"
#include "tests/unit/random_numbers.hpp"

namespace gumbelcuda {
namespace {

using testing_rows::infinity, testing_rows::k_hot_samples, testing_rows::not_a_number, testing_rows::row_batch;

// Central differences in double: h²/6 of the third derivative, and the error of y over h. If a logit moves by h, the
// arguments of all sigmoids move by at most h/τ, so that the m-th derivative of a y is (c_m/τ)^m with c_m of a few
// units, 6³ for the third. Along τ, they move by (their size)/τ, 30 here. y is off by the width of the threshold and by
// rounding, 2^-45.
TEST(RelaxedKHotVjp, AreSlopes) {
  constexpr std::uint64_t rows = 3, classes = 12;
  for (const std::uint64_t k : {1, 3, 11}) {
    k_hot_samples x{row_batch(number_type::float64, rows, classes), k, {.5f, 1.f, 4.f}};
    row_batch d_y = x.empty();
    random_numbers random(4);
    for (std::uint64_t row = 0; row < rows; ++row)
      for (std::uint64_t c = 0; c < classes; ++c) {
        x.logits.set(row, c, row == 1 && c == 5 ? -infinity : random.uniform(-2, 2));
        d_y.set(row, c, random.uniform(-1, 1));
      }
    const auto loss = [&](k_hot_samples& at, std::uint64_t row) {
      const row_batch y = at.y();
      double sum = 0;
      for (std::uint64_t c = 0; c < classes; ++c) sum += d_y.get(row, c) * y.get(row, c);
      return sum;
    };
    row_batch y = x.y();
    for (row_batch* of : {&y, static_cast<row_batch*>(nullptr)}) {
      row_batch d_logits = d_y, d_temperature(number_type::float64, 1, rows);
      relaxed_k_hot_vjp_task back = x.vjp(of, d_logits);  // in place
      back.d_logits = d_logits.out();
      back.d_temperature = d_temperature.out().data;
      relaxed_k_hot_vjp(back);
      for (std::uint64_t row = 0; row < rows; ++row) {
        const double t = x.temperature[row], noise = classes * 0x1p-45;
        const auto slope = [&](double h, auto move) {
          k_hot_samples up = x, down = x;
          move(up, h);
          move(down, -h);
          return (loss(up, row) - loss(down, row)) / (2 * h);
        };
        for (std::uint64_t c = 0; c < classes; ++c) {
          constexpr double h = 0x1p-16;
          const double expected =
              slope(h, [&](k_hot_samples& at, double by) { at.logits.set(row, c, at.logits.get(row, c) + by); });
          EXPECT_NEAR(d_logits.get(row, c), expected, h * h / 6 * 216 / (t * t * t) + noise / h);
        }
        constexpr double h = 0x1p-14;  // exact in float, the type of τ
        const double expected = slope(h, [&](k_hot_samples& at, double by) { at.temperature[row] += float(by); });
        EXPECT_NEAR(d_temperature.get(0, row), expected, h * h / 6 * std::pow(30 / t, 3) + noise / h);
      }
      EXPECT_EQ(d_logits.get(1, 5), 0);
    }
  }
}

// As in math/softmax.hpp, the sum of y is fixed, so the loss does not change if all d_y are equal. The gradient is
// exactly 0, since the pivot, one of the d_y, is first subtracted from each.
TEST(RelaxedKHotVjp, SeesNothingInTheSum) {
  k_hot_samples x{row_batch(number_type::float32, 20, 50), 7, {.5f}};
  random_numbers random(6);
  for (std::uint64_t row = 0; row < 20; ++row)
    for (std::uint64_t c = 0; c < 50; ++c) x.logits.set(row, c, random.uniform(-2, 2));
  row_batch d_y = x.empty(), y = x.y();
  for (std::uint64_t row = 0; row < 20; ++row)
    for (std::uint64_t c = 0; c < 50; ++c) d_y.set(row, c, 3.25);
  relaxed_k_hot_vjp_task back = x.vjp(&y, d_y);
  back.d_logits = d_y.out();
  relaxed_k_hot_vjp(back);
  for (std::uint64_t row = 0; row < 20; ++row)
    for (std::uint64_t c = 0; c < 50; ++c) ASSERT_EQ(d_y.get(row, c), 0);
}

TEST(RelaxedKHotVjp, OfWhatIsHardIsZeroAndOfANaNIsNaN) {
  for (const float t : {0.f, 1.f})
    for (const bool bad : {false, true}) {
      k_hot_samples x{row_batch(number_type::float32, 1, 5), 2, {t}};
      row_batch y = x.empty(), d_y = x.empty(), d_temperature(number_type::float32, 1, 1);
      for (std::uint64_t c = 0; c < 5; ++c) {
        y.set(0, c, c < 2 ? 1 : bad && c == 4 ? not_a_number : 0);
        d_y.set(0, c, double(c) - 1.5);
      }
      relaxed_k_hot_vjp_task back = x.vjp(&y, d_y);
      back.d_logits = d_y.out();
      back.d_temperature = d_temperature.out().data;
      relaxed_k_hot_vjp(back);
      for (std::uint64_t c = 0; c < 5; ++c) EXPECT_TRUE(bad ? std::isnan(d_y.get(0, c)) : d_y.get(0, c) == 0);
      EXPECT_TRUE(bad ? std::isnan(d_temperature.get(0, 0)) : d_temperature.get(0, 0) == 0);
    }
}

// k = 1 of two classes: sigmoids of z and −z, where z is half the difference of the scores; this is the softmax at
// twice the τ.
TEST(RelaxedKHotVjp, OfTwoClassesIsGumbelSoftmaxOfTwiceTheTemperature) {
  const float twice = 1;
  k_hot_samples x{row_batch(number_type::float64, 50, 2), 1, {.5f}};
  random_numbers random(7);
  for (std::uint64_t row = 0; row < 50; ++row)
    for (std::uint64_t c = 0; c < 2; ++c) x.logits.set(row, c, random.uniform(-1, 1));
  row_batch expected = x.empty(), y = x.y(), d_y = x.empty(), d = x.empty(), expected_d = x.empty();
  gumbel_softmax({.rows = 50,
                  .classes = 2,
                  .type = number_type::float64,
                  .noise = x.noise,
                  .logits = x.logits.in(),
                  .temperature = &twice,
                  .y = expected.out()});
  for (std::uint64_t row = 0; row < 50; ++row)
    for (std::uint64_t c = 0; c < 2; ++c) {
      EXPECT_NEAR(y.get(row, c), expected.get(row, c), 0x1p-48);
      d_y.set(row, c, random.uniform(-1, 1));
    }
  gumbel_softmax_vjp({.rows = 50,
                      .classes = 2,
                      .type = number_type::float64,
                      .temperature = &twice,
                      .y = y.in(),
                      .d_y = d_y.in(),
                      .d_logits = expected_d.out()});
  relaxed_k_hot_vjp_task back = x.vjp(&y, d_y);
  back.d_logits = d.out();
  relaxed_k_hot_vjp(back);
  for (std::uint64_t row = 0; row < 50; ++row)
    for (std::uint64_t c = 0; c < 2; ++c) EXPECT_NEAR(d.get(row, c), expected_d.get(row, c), 0x1p-48);
}

TEST(RelaxedKHotVjp, ArgumentsAreRefusedByName) {
  std::vector<float> y(8), d_y(8), d_logits(8);
  const float one = 1;
  const auto refusal = [&](auto change) -> std::string {
    relaxed_k_hot_vjp_task task{.rows = 2,
                                .classes = 4,
                                .type = number_type::float32,
                                .temperature = &one,
                                .y = {y.data()},
                                .d_y = {d_y.data()},
                                .d_logits = {d_logits.data()}};
    change(task);
    try {
      relaxed_k_hot_vjp(task);
    } catch (const invalid_argument& e) {
      return e.what();
    }
    return "";
  };
  const auto expect = [&](auto change, const std::string& words) {
    EXPECT_NE(refusal(change).find(words), std::string::npos) << refusal(change) << '\n' << words;
  };
  expect([](auto& t) { t.y.data = nullptr; }, "logits.data: is null");
  expect(
      [](auto& t) {
        t.y.data = nullptr;
        t.k = 0;
      },
      "k: 0 is not in [1, 4]");
  expect([](auto& t) { t.d_y.data = nullptr; }, "d_y.data: is null");
  expect([](auto& t) { t.d_logits.data = nullptr; }, "d_logits.data: is null, and so is d_temperature");
  expect([&](auto& t) { t.d_logits = {d_y.data(), 5}; }, "d_logits.row_stride: 5 is not the 4 of d_y");
  expect([](auto& t) { t.temperature = nullptr; }, "temperature: is null");
  EXPECT_EQ(refusal([](auto&) {}), "");
  EXPECT_EQ(refusal([](auto& t) { t.k = 9; }), "");  // k is not used when y is an input
}

}  // namespace
}  // namespace gumbelcuda
