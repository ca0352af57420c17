// SPDX-License-Identifier: Apache-2.0
// Sigmoid cross-entropy and its derivative against their definitions in long double. The bound is the error that
// math/loss.hpp inherits from softplus and sigmoid (2.5 ulp). For large logits, exp's definition fixes the exact
// values.
#include "gumbelcuda/math/loss.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "tests/unit/random_numbers.hpp"
#include "tests/unit/reference.hpp"

namespace {

constexpr double bound = 2.5;  // ulp; math/elementary.hpp states it

// −label·log σ(l) − (1 − label)·log(1 − σ(l)), with 1 − σ(l) computed as σ(−l), so that no digit is lost.
long double exact_loss(int label, long double logit) {
  const long double sign = label == 1 ? 1 : -1;
  return std::log1p(std::exp(-sign * logit));
}
// σ(l) − label
long double exact_derivative(int label, long double logit) {
  return label == 1 ? -1 / (1 + std::exp(logit)) : 1 / (1 + std::exp(-logit));
}

template <class Real>
Real loss(int label, Real logit) {
  return label == 1 ? gumbelcuda::cross_entropy_label_1(logit) : gumbelcuda::cross_entropy_label_0(logit);
}
template <class Real>
Real derivative(int label, Real logit) {
  return label == 1 ? gumbelcuda::d_cross_entropy_label_1(logit) : gumbelcuda::d_cross_entropy_label_0(logit);
}

template <class Real>
class Loss : public testing::Test {
 protected:
  static constexpr bool is_float = sizeof(Real) == 4;
  static constexpr Real infinity = std::numeric_limits<Real>::infinity(), largest = std::numeric_limits<Real>::max();
  // By definition, exp is 0 below −limit.
  static constexpr Real limit = is_float ? Real(87.3f) : Real(708.3);
};
using scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(Loss, scalars);

TYPED_TEST(Loss, AndDerivativeMatchTheirDefinition) {
  using Real = TypeParam;
  random_numbers random(1);
  std::vector<Real> logits = {0, this->limit, -this->limit, Real(1e-30), Real(-1e-30)};
  for (int i = 0; i < 200'000; ++i) {
    logits.push_back(Real(random.uniform(-20, 20)));
    logits.push_back(Real(random.uniform(-this->limit, this->limit)));
    logits.push_back(Real(std::ldexp(random.uniform(-1, 1), -int(random.word() % 60))));
  }
  for (const int label : {0, 1}) {
    double loss_error = 0, derivative_error = 0;
    for (const Real logit : logits) {
      loss_error = std::max(loss_error, reference::ulps(loss(label, logit), exact_loss(label, logit)));
      derivative_error =
          std::max(derivative_error, reference::ulps(derivative(label, logit), exact_derivative(label, logit)));
    }
    EXPECT_LE(loss_error, bound) << "label " << label;
    EXPECT_LE(derivative_error, bound) << "label " << label;
  }
}

TYPED_TEST(Loss, IsExactForLogitsFarOut) {
  using Real = TypeParam;
  for (const Real far :
       {std::nextafter(this->limit, this->infinity), Real(1e4), Real(1e30), this->largest, this->infinity}) {
    EXPECT_EQ(loss(1, far), 0) << far;
    EXPECT_EQ(loss(0, -far), 0) << far;
    EXPECT_EQ(loss(1, -far), far);
    EXPECT_EQ(loss(0, far), far);
    EXPECT_EQ(derivative(1, far), 0) << far;
    EXPECT_EQ(derivative(0, -far), 0) << far;
    EXPECT_EQ(derivative(1, -far), -1) << far;
    EXPECT_EQ(derivative(0, far), 1) << far;
  }
  const Real nan = std::numeric_limits<Real>::quiet_NaN();
  for (const int label : {0, 1}) {
    EXPECT_TRUE(std::isnan(loss(label, nan)));
    EXPECT_TRUE(std::isnan(derivative(label, nan)));
  }
}

// The derivative belongs to the loss: central differences of the loss in double. L''' = σ(1 − σ)(1 − 2σ) is at most
// 1/(6√3) < 0.0963, so the difference has an error of h²/6·0.0963, and each loss one of 2.5·2^-52, relative.
TEST(LossDouble, DerivativeIsTheSlopeOfTheLoss) {
  constexpr double h = 0x1p-13;
  for (int i = -20 * 1024; i <= 20 * 1024; i += 7) {
    const double logit = i * 0x1p-10;  // logit ± h is exact
    for (const int label : {0, 1}) {
      const double above = loss(label, logit + h), below = loss(label, logit - h);
      const double tolerance = h * h / 6 * 0.0963 + 0x1p-52 + bound * 0x1p-52 * (above + below) / (2 * h);
      ASSERT_NEAR((above - below) / (2 * h), derivative(label, logit), tolerance) << logit << ' ' << label;
    }
  }
}

}  // namespace
