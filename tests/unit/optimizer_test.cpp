// SPDX-License-Identifier: Apache-2.0
// Adam as the article's framework defines it, against the paper's equations in long double; and its first update
// against the closed form. Gradients lie far above, near and below ε: only those near ε show where it is added.
#include "gumbelcuda/math/optimizer.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "tests/unit/random_numbers.hpp"

namespace {

constexpr double learning_rate = 7e-4;

// Kingma, Ba, arXiv:1412.6980, algorithm 1 with the reordering that ends its section 2:
// α_t = α·√(1 − β₂ᵗ)/(1 − β₁ᵗ) and θ ← θ − α_t·m/(√v + ε).
struct paper {
  static constexpr long double beta_1 = .9, beta_2 = .999, epsilon = 1e-8L;
  long double theta = 0, m = 0, v = 0;
  int t = 0;

  static long double rate(int t) {
    return learning_rate * std::sqrt(1 - std::pow(beta_2, t)) / (1 - std::pow(beta_1, t));
  }
  void update(long double g) {
    ++t;
    m = beta_1 * m + (1 - beta_1) * g;
    v = beta_2 * v + (1 - beta_2) * g * g;
    theta -= rate(t) * m / (std::sqrt(v) + epsilon);
  }
};

template <class Real>
class Adam : public testing::Test {};
using scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(Adam, scalars);

TYPED_TEST(Adam, FollowsThePaperForAHundredUpdates) {
  using Real = TypeParam;
  constexpr double u = std::numeric_limits<Real>::epsilon() / 2;
  // The code's 1 − β is rounded to Real; 1 − β itself is exact in double.
  const double off_1 = std::abs(double(Real(1 - .9)) - (1 - .9)), off_2 = std::abs(double(Real(1 - .999)) - (1 - .999));
  random_numbers random(1);
  for (const double scale : {1e4, 1., 1e-3, 1e-6, 1e-8, 1e-10}) {
    SCOPED_TRACE(scale);
    paper exact;
    Real theta = 0, m = 0, v = 0;
    // Bounds on |m − exact.m| and so on, derived from the rounding of each operation. m is an fma of a rounded
    // difference and the rounded 1 − β₁; v has a rounded square in addition.
    double error_theta = 0, error_m = 0, error_v = 0;
    for (int t = 1; t <= 100; ++t) {
      // Gradients have both signs, but are not symmetric, so that m stays away from 0 and has digits to compare.
      const Real g = Real(scale * random.uniform(-.5, 1));
      const double gap = std::abs(double(g) - double(exact.m)), square = double(g) * double(g);
      const double square_gap = std::abs(square - double(exact.v));
      exact.update(g);
      const Real rate = Real(paper::rate(t));
      gumbelcuda::adam_update(theta, m, v, g, rate);

      error_m = .9 * error_m + off_1 * gap + .1 * u * gap + u * std::abs(double(exact.m));
      error_v = .999 * error_v + off_2 * square_gap + .001 * u * (square + square_gap) + u * double(exact.v);
      const double root = std::sqrt(double(exact.v)), divisor = root + 1e-8;
      // Rate, product, ε, root, sum and quotient are rounded once each. √v has half of v's relative error.
      const double step = double(rate) * std::abs(double(exact.m)) / divisor;
      error_theta += double(rate) * error_m / divisor + step * (6 * u + error_v / (2 * root) / divisor) +
                     u * std::abs(double(exact.theta));
      const double second_order = 1.01;  // products of the above, each below 1e-3
      ASSERT_LE(std::abs(double(m - exact.m)), second_order * error_m) << t;
      ASSERT_LE(std::abs(double(v - exact.v)), second_order * error_v) << t;
      ASSERT_LE(std::abs(double(theta - exact.theta)), second_order * error_theta) << t;
    }
    // Shows that the bound is meaningful: it is far below the distance that θ has moved.
    EXPECT_LT(error_theta, 100 * 100 * u * learning_rate) << "the tolerance is no longer a rounding error";
  }
}

// θ₁ = −α·√0.001·g/(√0.001·|g| + ε): if the gradient is far above ε, one learning rate in the opposite direction.
TYPED_TEST(Adam, FirstUpdateHasAClosedForm) {
  using Real = TypeParam;
  constexpr double u = std::numeric_limits<Real>::epsilon() / 2;
  const long double root = std::sqrt(1 - static_cast<long double>(.999));
  for (const double scale : {1e6, 1., -1., 1e-3, 1e-6, -1e-7, 1e-8, 1e-12}) {
    const Real g = Real(scale);
    Real theta = 0, m = 0, v = 0;
    gumbelcuda::adam_update(theta, m, v, g, Real(paper::rate(1)));
    const long double exact = -learning_rate * root * g / (root * std::abs(static_cast<long double>(g)) + 1e-8L);
    // Twelve roundings: rate; 1 − β₁, fma; 1 − β₂, square, fma (half each); root; ε; sum; product; quotient.
    EXPECT_NEAR(double(theta / exact), 1, 12 * u) << scale;
  }
}

TYPED_TEST(Adam, WithoutAGradientNothingMoves) {
  using Real = TypeParam;
  Real theta = Real(1.5), m = 0, v = 0;
  gumbelcuda::adam_update(theta, m, v, Real(0), Real(paper::rate(1)));
  EXPECT_EQ(theta, Real(1.5));
  EXPECT_EQ(m, 0);
  EXPECT_EQ(v, 0);
}

// Of a GPU's way: numerators and parameters on both sides of its limits, and everything that is not a number.
TYPED_TEST(Adam, IsTheSameWhereSubnormalNumeratorsAreReplaced) {
  using Real = TypeParam;
  constexpr Real infinity = std::numeric_limits<Real>::infinity(), nan = std::numeric_limits<Real>::quiet_NaN();
  std::vector<Real> steps{0, nan, infinity, std::numeric_limits<Real>::denorm_min()}, parameters = steps;
  for (const int exponent : {-140, -126, -101, -100, -99, -60})
    for (const Real towards : {Real(0), Real(1)}) {
      const Real power = std::ldexp(Real(1), exponent);
      steps.insert(steps.end(), {power, std::nextafter(power, towards)});
    }
  for (const int exponent : {-60, -41, -40, -39, -11, -10, -9, 0, 20})
    for (const Real towards : {Real(0), infinity}) {
      const Real power = std::ldexp(Real(1), exponent);
      parameters.insert(parameters.end(), {power, std::nextafter(power, towards)});
    }
  std::size_t replaced = 0;
  for (const Real size : parameters)
    for (const Real step : steps)
      for (const Real square : {Real(0), std::numeric_limits<Real>::denorm_min(), Real(1e-20), Real(1), infinity, nan})
        for (const int signs : {0, 1, 2, 3}) {
          const Real parameter = signs & 1 ? -size : size, moment = signs & 2 ? -step : step;
          // The gradient is the moment, which so stays as it is, and the rate is 1: the numerator is `moment`.
          Real plain[] = {parameter, moment, square}, replacing[] = {parameter, moment, square};
          gumbelcuda::adam_update<false>(plain[0], plain[1], plain[2], moment, Real(1));
          gumbelcuda::adam_update<true>(replacing[0], replacing[1], replacing[2], moment, Real(1));
          EXPECT_TRUE(plain[0] == replacing[0] || (std::isnan(plain[0]) && std::isnan(replacing[0])))
              << parameter << " - " << moment << " / sqrt(" << square << ")";
          replaced += std::abs(moment) < std::ldexp(Real(1), -100) && std::abs(parameter) > Real(0.1);
        }
  EXPECT_GT(replaced, 0u);
}

}  // namespace
