// SPDX-License-Identifier: Apache-2.0
// The error bounds and special values that the comments of math/elementary.hpp state, checked against long double. For
// float, the worst arguments were found once by trying every input; they are listed here, next to a sample of two
// million floats that is evenly spread over their bit patterns. Long double resolves 1/2048 of double's last place.
#include <gtest/gtest.h>

#include <vector>

#include "gumbelcuda/math/elementary.hpp"
#include "tests/unit/random_numbers.hpp"
#include "tests/unit/reference.hpp"

namespace {

constexpr std::uint64_t float_stride = 2039;
constexpr int double_count = 500'000;

// √2·2^126 is the first argument for which log fails: its scale, 2^-127, is not a normal number.
constexpr float log_end = 0x1.6a09e6p+126f;
constexpr double log_end_double = 0x1.6a09e667f3bcdp+1022;
constexpr float exp_start = -87.3f, exp_end = 0x1.61814cp+6f;  // 88.376…: 127.5·ln 2
constexpr double exp_start_double = -708.3, exp_end_double = 709.436;

std::vector<float> floats_between(float low, float high) {
  std::vector<float> x;
  for (std::uint64_t bits = 0; bits < std::uint64_t{1} << 32; bits += float_stride) {
    const float value = gumbelcuda::from_bits(std::uint32_t(bits));
    if (low <= value && value <= high) x.push_back(value);
  }
  return x;
}

// Uniform over the range, and at every scale near 0 and near 1.
std::vector<double> doubles_between(double low, double high) {
  random_numbers random(1);
  std::vector<double> x;
  while (x.size() < std::size_t(double_count)) {
    const double near = std::ldexp(random.uniform(-1, 1), -int(random.word() % 60));
    for (const double value : {random.uniform(low, high), near, 1 + near, random.uniform(-1, 1) * 40})
      if (low <= value && value <= high) x.push_back(value);
  }
  return x;
}

template <class Real, class Function, class Exact>
testing::AssertionResult errors_below(double bound, const std::vector<Real>& inputs, Function function, Exact exact) {
  double largest = 0;
  Real at = 0;
  for (const Real x : inputs) {
    const double error = reference::ulps(Real(function(x)), exact(static_cast<long double>(x)));
    if (!(error <= largest)) {
      largest = error;
      at = x;
    }
  }
  return (largest <= bound ? testing::AssertionSuccess() : testing::AssertionFailure())
         << "largest error " << largest << " ulp at " << std::hexfloat << at << ", " << inputs.size() << " inputs";
}

template <class Real>
Real log_of(Real x) {
  return gumbelcuda::log(x);
}
template <class Real>
Real exp_of(Real x) {
  return gumbelcuda::exp(x);
}
template <class Real>
Real sigmoid_of(Real x) {
  return gumbelcuda::sigmoid(x);
}
template <class Real>
Real softplus_of(Real x) {
  return gumbelcuda::softplus(x);
}

TEST(Elementary, LogOfFloats) {
  std::vector<float> inputs = {0x1.92c67ep-1f, 0x1.953156p-1f, 0x1.941e68p-1f,  0x1.93bea6p-1f,
                               0x1.93bea6p+0f, 0x1p-126f,      0x1.6a09e4p+126f};
  EXPECT_TRUE(errors_below(1.2, inputs, log_of<float>, reference::log));
  EXPECT_TRUE(
      errors_below(1.2, floats_between(0x1p-126f, std::nextafter(log_end, 0.f)), log_of<float>, reference::log));
}

template <class Real>
Real log_full_range_of(Real x) {
  return gumbelcuda::log_full_range(x);
}

TEST(Elementary, LogOfAnyNumber) {
  const float smallest = std::numeric_limits<float>::denorm_min(), largest = std::numeric_limits<float>::max();
  EXPECT_TRUE(errors_below(2, floats_between(smallest, largest), log_full_range_of<float>, reference::log));
  std::vector<double> inputs = {std::numeric_limits<double>::denorm_min(), std::numeric_limits<double>::max()};
  random_numbers random(3);
  for (int i = 0; i < double_count; ++i) {
    const double x = gumbelcuda::from_bits(random.wide_word() >> (1 + random.word() % 12));
    if (x > 0 && x < INFINITY) inputs.push_back(x);
  }
  EXPECT_TRUE(errors_below(3, inputs, log_full_range_of<double>, reference::log));
  EXPECT_EQ(log_full_range_of(0.f), -INFINITY);
  EXPECT_EQ(log_full_range_of(-0.), -INFINITY);
  for (const double x : {-1e-310, -1., -double(INFINITY), double(INFINITY), double(NAN)})
    EXPECT_TRUE(std::isnan(log_full_range_of(x)) && std::isnan(log_full_range_of(float(x > -1 && x < 0 ? -1e-40 : x))))
        << x;
}

TEST(Elementary, ExpOfFloats) {
  std::vector<float> inputs = {-0x1.b60c42p+4f, -0x1.77492cp+2f, -0x1.dfa566p+5f, 0x1.4cf56ap+2f, 0x1.81bd08p+5f,
                               0x1.ab56ap+4f,   0x1.da72c4p+5f,  exp_start,       exp_end};
  EXPECT_TRUE(errors_below(1.1, inputs, exp_of<float>, reference::exp));
  EXPECT_TRUE(errors_below(1.1, floats_between(exp_start, exp_end), exp_of<float>, reference::exp));
}

TEST(Elementary, SigmoidOfFloats) {
  std::vector<float> inputs = {-0x1.0a111ap+2f, -0x1.62bc8p+2f, -0x1.b853fp+1f, -0x1.f4f694p+0f,
                               -0x1.f1347ep+3f, 0x1.f6fd5p+2f,  0x1.153504p+3f, exp_start};
  EXPECT_TRUE(errors_below(2.5, inputs, sigmoid_of<float>, reference::sigmoid));
  EXPECT_TRUE(errors_below(2.5, floats_between(exp_start, INFINITY), sigmoid_of<float>, reference::sigmoid));
}

TEST(Elementary, SoftplusOfFloats) {
  std::vector<float> inputs = {-0x1.c298eap-1f, -0x1.c2cb98p-1f, -0x1.df0c6cp-2f, -0x1.60f176p+0f,
                               -0x1.603a3p+1f,  0x1.37b5bap-2f,  0x1.4118aap-2f,  exp_start};
  EXPECT_TRUE(errors_below(2.5, inputs, softplus_of<float>, reference::softplus));
  EXPECT_TRUE(errors_below(2.5, floats_between(exp_start, std::numeric_limits<float>::max()), softplus_of<float>,
                           reference::softplus));
}

TEST(Elementary, LogOfDoubles) {
  std::vector<double> inputs = {0x1.685f40b9ffbb1p-1, 0x1p-1022, std::nextafter(log_end_double, 0.)};
  random_numbers random(2);
  for (int i = 0; i < double_count; ++i) {  // all exponents equally often
    const double x = gumbelcuda::from_bits(random.wide_word() >> 1);
    if (0x1p-1022 <= x && x < log_end_double) inputs.push_back(x);
  }
  EXPECT_TRUE(errors_below(2, inputs, log_of<double>, reference::log));
  EXPECT_TRUE(errors_below(2, doubles_between(0x1p-1022, 10), log_of<double>, reference::log));
}

TEST(Elementary, ExpOfDoubles) {
  std::vector<double> inputs = doubles_between(exp_start_double, exp_end_double);
  inputs.insert(inputs.end(), {-0x1.6adccc47686d7p+8, exp_start_double, exp_end_double});
  EXPECT_TRUE(errors_below(2, inputs, exp_of<double>, reference::exp));
}

TEST(Elementary, SigmoidAndSoftplusOfDoubles) {
  std::vector<double> inputs = doubles_between(exp_start_double, 800);
  inputs.insert(inputs.end(), {-0x1.b8ebbb050085ap+1, -0x1.7b55b2aca0592p-1, exp_start_double});
  EXPECT_TRUE(errors_below(2.5, inputs, sigmoid_of<double>, reference::sigmoid));
  EXPECT_TRUE(errors_below(2.5, inputs, softplus_of<double>, reference::softplus));
}

// Tests the measure itself: where log's error is largest, it must notice a result that is one more place off.
TEST(Elementary, AnErrorOfOnePlaceIsSeen) {
  const std::vector<float> worst = {0x1.92c67ep-1f};
  const float away = gumbelcuda::log(worst[0]) < reference::log(worst[0]) ? -INFINITY : INFINITY;
  EXPECT_FALSE(errors_below(
      1.2, worst, [&](float x) { return std::nextafter(gumbelcuda::log(x), away); }, reference::log));
  EXPECT_FALSE(errors_below(
      1.2, worst, [](float) { return NAN; }, reference::log));
}

template <class Real>
class ElementarySpecialValues : public testing::Test {};
using scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(ElementarySpecialValues, scalars);

TYPED_TEST(ElementarySpecialValues, AreExact) {
  using Real = TypeParam;
  constexpr bool is_float = sizeof(Real) == 4;
  const Real infinity = std::numeric_limits<Real>::infinity(), nan = std::numeric_limits<Real>::quiet_NaN();
  const Real first = is_float ? Real(exp_start) : Real(exp_start_double), below = std::nextafter(first, -infinity);
  const Real largest = std::numeric_limits<Real>::max();

  EXPECT_EQ(log_of(Real(1)), 0);

  EXPECT_EQ(exp_of(Real(0)), 1);
  EXPECT_EQ(exp_of(Real(-0.)), 1);
  EXPECT_GE(exp_of(first), std::numeric_limits<Real>::min()) << "no result is subnormal";
  for (const Real x : {below, 2 * first, -largest, -infinity}) {
    EXPECT_EQ(exp_of(x), 0) << x;
    EXPECT_FALSE(std::signbit(exp_of(x))) << x;
    EXPECT_EQ(sigmoid_of(x), 0) << x;
    EXPECT_EQ(softplus_of(x), 0) << x;
    EXPECT_EQ(sigmoid_of(-x), 1) << -x;
    EXPECT_EQ(softplus_of(-x), -x);
  }
  EXPECT_TRUE(std::isfinite(exp_of(is_float ? Real(exp_end) : Real(exp_end_double))));
  for (const Real x : {is_float ? Real(88.38f) : Real(709.44), Real(710), largest, infinity})
    EXPECT_EQ(exp_of(x), infinity) << x;
  EXPECT_TRUE(std::isnan(exp_of(nan)));

  EXPECT_EQ(sigmoid_of(Real(0)), Real(.5));
  EXPECT_TRUE(std::isnan(sigmoid_of(nan)));
}

TEST(Elementary, SigmoidStaysWithinZeroAndOne) {
  for (const float x : floats_between(-INFINITY, INFINITY)) {
    const float y = gumbelcuda::sigmoid(x);
    ASSERT_TRUE(0 <= y && y <= 1) << x;
  }
}

// Gumbel noise keeps the order of its words only if log is monotonic where it passes from one exponent to the next, and
// race times keep the order of their logits only if exp is.
template <class Function>
testing::AssertionResult ascends_around(float centre, Function function) {
  float x = centre;
  for (int i = 0; i < 512; ++i) x = std::nextafter(x, -INFINITY);
  for (int i = 0; i < 1024; ++i) {
    const float next = std::nextafter(x, INFINITY);
    if (!(function(x) <= function(next))) return testing::AssertionFailure() << "falls after " << std::hexfloat << x;
    x = next;
  }
  return testing::AssertionSuccess();
}

TEST(Elementary, LogAscendsAcrossExponents) {
  for (int k = -125; k <= 125; ++k) {
    EXPECT_TRUE(ascends_around(std::ldexp(0x1.6a09e6p-1f, k), log_of<float>));
    EXPECT_TRUE(ascends_around(std::ldexp(1.f, k), log_of<float>));
  }
}

TEST(Elementary, ExpAscendsAcrossExponents) {
  for (int n = -125; n <= 126; ++n) {
    EXPECT_TRUE(ascends_around(float((n + .5) * std::log(2.)), exp_of<float>));
    EXPECT_TRUE(ascends_around(float(n * std::log(2.)), exp_of<float>));
  }
}

template <class Real>
Real half_exp_of(Real x) {
  return gumbelcuda::half_exp(x);
}
long double exact_half_exp(long double x) { return std::exp(x) / 2; }

TEST(Elementary, HalfAnExp) {
  const float end = 0x1.62e42ep+6f;  // the largest float whose exponential is finite
  EXPECT_TRUE(errors_below(1.1, floats_between(80, end), half_exp_of<float>, exact_half_exp));
  EXPECT_TRUE(errors_below(1.1, std::vector{end, 0x1.61814ep+6f, 88.5f, 88.7f}, half_exp_of<float>, exact_half_exp));
  EXPECT_TRUE(errors_below(2, doubles_between(700, 709.78), half_exp_of<double>, exact_half_exp));
  for (const float x : floats_between(-86.3f, 88)) ASSERT_EQ(2 * half_exp_of(x), exp_of(x)) << x;
  for (const double x : doubles_between(-707.3, 709.4)) ASSERT_EQ(2 * half_exp_of(x), exp_of(x)) << x;
  for (const float x : {-INFINITY, -1e30f, -90.f, -86.31f}) EXPECT_EQ(half_exp_of(x), 0) << x;
  for (const double x : {-double(INFINITY), -1e300, -710., -707.31}) EXPECT_EQ(half_exp_of(x), 0) << x;
  EXPECT_TRUE(errors_below(1.1, floats_between(end, 89.06f), half_exp_of<float>, exact_half_exp));
  EXPECT_TRUE(errors_below(2, doubles_between(709.78, 710.12), half_exp_of<double>, exact_half_exp));
  for (const float x : {89.08f, 100.f, 1e30f, INFINITY}) EXPECT_EQ(half_exp_of(x), INFINITY) << x;
  for (const double x : {710.14, 800., 1e300, double(INFINITY)}) EXPECT_EQ(half_exp_of(x), INFINITY) << x;
  EXPECT_TRUE(std::isnan(half_exp_of(float(NAN))));
  EXPECT_TRUE(std::isnan(half_exp_of(double(NAN))));
}

template <class Real>
Real exp_above_tangent_of(Real x) {
  return gumbelcuda::exp_above_tangent(x);
}
long double exact_above_tangent(long double x) {
  if (std::abs(x) > 0.5L) return std::expm1(x) - x;
  long double term = x * x / 2, sum = 0;
  for (int n = 3; n < 30; term *= x / n++) sum += term;
  return sum;
}

TEST(Elementary, ExpAboveItsTangent) {
  std::vector<float> inputs = {0x1.f23c2cp-4f, 0x1.61223p-4f, 0x1.ecfc1ap-4f, 0x1.f86ff4p-8f};
  EXPECT_TRUE(errors_below(8, inputs, exp_above_tangent_of<float>, exact_above_tangent));
  EXPECT_TRUE(errors_below(8, floats_between(-1e30f, -1e-15f), exp_above_tangent_of<float>, exact_above_tangent));
  EXPECT_TRUE(errors_below(8, floats_between(1e-15f, exp_end), exp_above_tangent_of<float>, exact_above_tangent));
  EXPECT_TRUE(errors_below(6, doubles_between(-900, -1e-8), exp_above_tangent_of<double>, exact_above_tangent));
  EXPECT_TRUE(
      errors_below(6, doubles_between(1e-8, exp_end_double), exp_above_tangent_of<double>, exact_above_tangent));
  for (const float x : floats_between(-1e30f, exp_end)) ASSERT_GE(exp_above_tangent_of(x), 0) << std::hexfloat << x;
  EXPECT_EQ(exp_above_tangent_of(0.f), 0);
  EXPECT_EQ(exp_above_tangent_of(-INFINITY), INFINITY);
  EXPECT_TRUE(std::isnan(exp_above_tangent_of(float(NAN))));
}

}  // namespace
