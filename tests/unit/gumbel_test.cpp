// SPDX-License-Identifier: Apache-2.0
// Noise as a function of its word, and the Gumbel distribution, against long double: everything that the comments of
// math/gumbel.hpp state. The checks are functions that return a verdict, because they also run on well-known wrong ways
// of making this noise, and must reject each of them.
#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "gumbelcuda/math/gumbel.hpp"
#include "tests/unit/random_numbers.hpp"
#include "tests/unit/reference.hpp"
#include "tests/unit/word_samples.hpp"

namespace {

using testing::AssertionFailure;
using testing::AssertionResult;
using testing::AssertionSuccess;

// --- Noise of a word ----------------------------------------------------------------------------------------

using noise = std::function<double(std::uint32_t)>;

const std::vector<std::uint32_t>& words() {
  static const std::vector<std::uint32_t> all = stratified_words();
  return all;
}

AssertionResult finite_and_between(double least, double largest, const noise& f) {
  for (const std::uint32_t x : words())
    if (const double y = f(x); !(std::isfinite(y) && least <= y && y <= largest))
      return AssertionFailure() << y << " of word " << x;
  return AssertionSuccess();
}

// `direction` 1: f never decreases as the word grows; −1: f never increases.
AssertionResult ordered(int direction, const noise& f) {
  double before = f(words()[0]);
  for (const std::uint32_t x : words()) {
    const double y = f(x);
    if (!(direction * y >= direction * before))
      return AssertionFailure() << before << " then " << y << " at word " << x;
    before = y;
  }
  return AssertionSuccess();
}

// Whether |f − exact| ≤ bound·max(floor, |exact|) everywhere. With a floor of 0 this is a relative bound.
AssertionResult accurate(double bound, long double floor, const noise& f, long double (*exact)(std::uint32_t)) {
  long double largest = 0;
  std::uint32_t at = 0;
  for (const std::uint32_t x : words()) {
    const long double right = exact(x), error = std::abs(f(x) - right) / std::max(floor, std::abs(right));
    if (std::isnan(error)) return AssertionFailure() << "NaN at word " << x;
    if (error > largest) {
      largest = error;
      at = x;
    }
  }
  return (largest <= bound ? AssertionSuccess() : AssertionFailure())
         << "largest error " << largest << " at word " << at;
}

AssertionResult exponential_in_range(const noise& f) { return finite_and_between(1.16415e-10, 22.8739, f); }
AssertionResult exponential_accurate(const noise& f) { return accurate(2e-7, 0, f, reference::exponential); }
AssertionResult gumbel_in_range(const noise& f) { return finite_and_between(-3.13, 22.8739, f); }
AssertionResult gumbel_accurate(const noise& f) { return accurate(2.5e-7, 1, f, reference::gumbel); }

TEST(Noise, ExponentialKeepsItsPromises) {
  const noise f = gumbelcuda::exponential<float>;
  EXPECT_TRUE(exponential_in_range(f));
  EXPECT_TRUE(ordered(1, f));
  EXPECT_TRUE(exponential_accurate(f));
}

TEST(Noise, GumbelKeepsItsPromises) {
  const noise f = gumbelcuda::gumbel<float>;
  EXPECT_TRUE(gumbel_in_range(f));
  EXPECT_TRUE(ordered(-1, f));
  EXPECT_TRUE(gumbel_accurate(f));
}

// log has an error of 2 ulp; the exponential's relative error becomes an absolute error of its logarithm.
TEST(Noise, InDouble) {
  EXPECT_TRUE(accurate(3e-16, 0, gumbelcuda::exponential<double>, reference::exponential));
  EXPECT_TRUE(accurate(3e-16 + 2 * 0x1p-52, 1, gumbelcuda::gumbel<double>, reference::gumbel));
}

TEST(Noise, OfARowIsTheNoiseOfItsWordsOnTopOfTheLogits) {
  random_numbers random(1);
  const std::vector<std::uint32_t> row = random.words(3 * 40);
  const std::vector<float> logits = random.floats(40, -5, 5);
  for (const int stride : {1, 3}) {
    float z[40];
    gumbelcuda::gumbel_scores(logits.data(), row.data(), stride, z, 40);
    for (std::size_t k = 0; k < 40; ++k)
      EXPECT_EQ(z[k], logits[k] + gumbelcuda::gumbel<float>(row[k * std::size_t(stride)]));
  }
}

TEST(Noise, UniformSigned) {
  for (const std::uint32_t x : words()) {
    const long double exact = (2.0L * x + 1) * 0x1p-32L - 1;
    ASSERT_EQ(gumbelcuda::uniform_signed<double>(x), exact) << "doubles hold it exactly";
    // Two roundings of 2^-24 each: of the word's conversion and of the sum.
    const float y = gumbelcuda::uniform_signed<float>(x);
    ASSERT_LE(std::abs(y - exact), 0x1.000002p-23L * (std::abs(exact) + 0x1p-32L)) << x;
    ASSERT_LE(std::abs(y), 1);
  }
  EXPECT_TRUE(ordered(1, gumbelcuda::uniform_signed<float>));
}

// --- The same checks on noise that is wrong -----------------------------------------------------------------

// In all of these, small words give large values, as in the library; all arithmetic is in float.
float midpoint(std::uint32_t x) { return (float(x) + .5f) * 0x1p-32f; }
float left_end(std::uint32_t x) { return float(x) * 0x1p-32f; }
template <int Exponent>
float with_epsilon(std::uint32_t x) {
  const float epsilon = Exponent == -20 ? 1e-20f : 1e-10f;
  return -std::log(-std::log(left_end(~x) + epsilon) + epsilon);
}

TEST(WrongNoise, WithEpsilonsIsRejected) {
  EXPECT_FALSE(gumbel_in_range(with_epsilon<-20>));  // 46 where the true value is 17 to 22.9
  EXPECT_FALSE(gumbel_accurate(with_epsilon<-20>));
  EXPECT_FALSE(gumbel_in_range(with_epsilon<-10>));
  EXPECT_FALSE(gumbel_accurate(with_epsilon<-10>));
}

TEST(WrongNoise, OfAUniformThatRoundsToOneIsRejected) {
  const noise exponential = [](std::uint32_t x) { return -std::log(left_end(~x)); };
  const noise gumbel = [](std::uint32_t x) { return -std::log(-std::log(left_end(~x))); };
  EXPECT_FALSE(exponential_in_range(exponential)) << "0 where u is 1";
  EXPECT_FALSE(exponential_accurate(exponential));
  EXPECT_FALSE(gumbel_in_range(gumbel));
  EXPECT_FALSE(gumbel_accurate(gumbel));
}

TEST(WrongNoise, OfAMidpointInFloatIsRejected) {
  const noise exponential = [](std::uint32_t x) { return -std::log(midpoint(~x)); };
  const noise gumbel = [](std::uint32_t x) { return -std::log(-std::log(midpoint(~x))); };
  EXPECT_FALSE(exponential_in_range(exponential));
  EXPECT_FALSE(exponential_accurate(exponential));
  EXPECT_FALSE(gumbel_in_range(gumbel));
  EXPECT_FALSE(gumbel_accurate(gumbel));
}

TEST(WrongNoise, WithoutLog1pOnTheLowerHalfIsRejected) {
  const noise exponential = [](std::uint32_t x) {
    return x < 0x80000000u ? -std::log(1 - midpoint(x)) : -std::log(midpoint(~x));
  };
  EXPECT_FALSE(exponential_in_range(exponential));
  EXPECT_FALSE(exponential_accurate(exponential));
  EXPECT_FALSE(gumbel_in_range([&](std::uint32_t x) { return -std::log(float(exponential(x))); }));
}

// Finite, ordered and in range: only the accuracy check can reject it.
TEST(WrongNoise, WithATailCutAtSixteenIsRejected) {
  const noise gumbel = [](std::uint32_t x) { return std::min(gumbelcuda::gumbel<float>(x), 16.f); };
  EXPECT_TRUE(gumbel_in_range(gumbel));
  EXPECT_TRUE(ordered(-1, gumbel));
  EXPECT_FALSE(gumbel_accurate(gumbel));
}

TEST(WrongNoise, WithTheHalvesSwappedIsRejected) {
  EXPECT_FALSE(ordered(1, [](std::uint32_t x) { return gumbelcuda::exponential<float>(~x); }));
  EXPECT_FALSE(ordered(-1, [](std::uint32_t x) { return gumbelcuda::gumbel<float>(x ^ 0x80000000u); }));
}

TEST(WrongNoise, WithoutTheHalfStepIsRejected) {
  EXPECT_FALSE(gumbel_in_range([](std::uint32_t x) { return -std::log(-std::log1p(-double(x) * 0x1p-32)); }));
  EXPECT_FALSE(gumbel_accurate([](std::uint32_t x) { return -std::log(-std::log1p(-(x + .49) * 0x1p-32)); }));
}

// --- The Gumbel distribution --------------------------------------------------------------------------------

// EXPECT_NEAR compares doubles, so it would round the exact value.
AssertionResult near(long double value, long double exact, long double error) {
  if (std::abs(value - exact) <= error) return AssertionSuccess();
  return AssertionFailure() << value << " is " << std::abs(value - exact) << " away from " << exact << ", allowed "
                            << error;
}

constexpr long double euler_gamma = 0.577215664901532860606512090082402431L;
constexpr long double pi = 3.14159265358979323846264338327950288L;

// Every operation may have an error of u = half a unit in the last place, relative to its result; log and exp of 4u.
// The tolerances below follow the formulas operation by operation, to first order in u; 1% covers the second order.
template <class Real>
struct closed_form {
  static constexpr long double u = 1.01L * std::numeric_limits<Real>::epsilon() / 2;
  static constexpr long double smallest = std::numeric_limits<Real>::min();
  Real location, scale, x;
  long double z = (static_cast<long double>(x) - location) / scale, e = std::exp(-z);
  long double z_error = 2 * u * std::abs(z), e_error = e * (4 * u + z_error);

  long double log_prob() const { return -(z + e) - std::log(static_cast<long double>(scale)); }
  long double log_prob_error() const {
    const long double log_scale = std::abs(std::log(static_cast<long double>(scale)));
    return z_error + e_error + u * std::abs(z + e) + 4 * u * log_scale + u * std::abs(log_prob());
  }
  long double prob() const { return std::exp(log_prob()); }
  long double prob_error() const { return prob() * (std::expm1(log_prob_error()) + 4 * u) + smallest; }
  long double cdf() const { return std::exp(-e); }
  long double cdf_error() const { return cdf() * (std::expm1(e_error) + 4 * u) + smallest; }
};

template <class Real>
std::vector<gumbelcuda::gumbel_distribution<Real>> laws() {
  return {{Real(0), Real(1)}, {Real(-2.7), Real(.3)}, {Real(13), Real(4.5)}};
}

template <class Real>
class GumbelDistribution : public testing::Test {};
using scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(GumbelDistribution, scalars);

TYPED_TEST(GumbelDistribution, DensityAndCumulativeAreTheClosedForms) {
  for (const auto& d : laws<TypeParam>())
    for (int i = -5 * 16; i <= 80 * 16; ++i) {
      const TypeParam x = TypeParam(d.location + d.scale * (i / 16.));
      const closed_form<TypeParam> exact{d.location, d.scale, x};
      ASSERT_TRUE(near(d.log_prob(x), exact.log_prob(), exact.log_prob_error())) << x;
      ASSERT_TRUE(near(d.prob(x), exact.prob(), exact.prob_error())) << x;
      ASSERT_TRUE(near(d.cdf(x), exact.cdf(), exact.cdf_error())) << x;
    }
}

TYPED_TEST(GumbelDistribution, FarOutDensityAndCumulativeAreTheirLimits) {
  const TypeParam largest = std::numeric_limits<TypeParam>::max() / 4;
  for (const auto& d : laws<TypeParam>()) {
    EXPECT_EQ(d.prob(-largest), 0);
    EXPECT_EQ(d.cdf(-largest), 0);
    EXPECT_EQ(d.prob(largest), 0);
    EXPECT_EQ(d.cdf(largest), 1);
  }
}

TYPED_TEST(GumbelDistribution, QuantileIsTheClosedFormAndInvertsTheCumulative) {
  using Real = TypeParam;
  constexpr long double u = closed_form<Real>::u;
  for (const auto& d : laws<TypeParam>())
    for (const double p : {1e-30, 1e-9, .001, .1, .25, .5, .75, .9, .999, 1 - 0x1p-20}) {
      const long double l = -std::log(static_cast<long double>(Real(p))), g = -std::log(l),
                        exact = d.location + d.scale * g;
      const Real q = d.quantile(Real(p));
      // The inner logarithm's relative error becomes an absolute error of the outer one.
      const long double error = d.scale * (4 * u + 4 * u * std::abs(g) + u * std::abs(g)) + u * std::abs(exact);
      ASSERT_TRUE(near(q, exact, error)) << p;
      // The derivative of the cdf by the quantile is the density.
      const closed_form<Real> there{d.location, d.scale, q};
      ASSERT_TRUE(near(d.cdf(q), Real(p), there.cdf_error() + 1.01L * error * there.prob())) << p;
    }
}

// f(x, p)·prob(x) summed over the line, and a bound on how far prob's error can move the sum if the summand changes by
// `slope` for each unit of p. The trapezoidal rule's own error is negligible: the density is analytic within π/2 of the
// real line, so the error is about e^(−π²·32). The density is e^-397 at −6 and e^-60 at 60. The nodes are exact.
struct integral {
  long double value = 0, error = 0;
};
template <class Real, class F, class Slope>
integral integrate(const gumbelcuda::gumbel_distribution<Real>& d, F f, Slope slope) {
  constexpr long double step = 1.0L / 32;
  integral sum;
  for (int i = -6 * 32; i <= 60 * 32; ++i) {
    const Real x = Real(d.location + d.scale * (i * step));
    const closed_form<Real> exact{d.location, d.scale, x};
    const long double p = d.prob(x), width = step * d.scale;
    sum.value += width * (p > 0 ? f(exact.z, p) * p : 0);
    sum.error += width * std::abs(slope(exact.z, exact.prob())) * exact.prob_error();
  }
  return sum;
}

TYPED_TEST(GumbelDistribution, MomentsAndEntropyAreIntegralsOfTheDensity) {
  using Real = TypeParam;
  constexpr long double u = closed_form<Real>::u;
  using law = gumbelcuda::gumbel_distribution<Real>;
  for (const law d : {law{Real(0), Real(1)}, law{Real(-2.75), Real(.25)}, law{Real(13), Real(4)}}) {
    const long double s = d.scale, log_scale = std::log(s);
    const auto one = [](long double, long double) { return 1.0L; };
    const auto first = [](long double z, long double) { return z; };
    const auto second = [](long double z, long double) { return (z - euler_gamma) * (z - euler_gamma); };
    const auto surprise = [](long double, long double p) { return -std::log(p); };
    const auto surprise_slope = [](long double, long double p) { return -std::log(p) - 1; };
    const integral total = integrate(d, one, one), mean = integrate(d, first, first),
                   variance = integrate(d, second, second), entropy = integrate(d, surprise, surprise_slope);
    EXPECT_TRUE(near(total.value, 1, total.error));
    // mean(), variance() and entropy() have roundings of their own.
    const long double mean_error = u * (std::abs(static_cast<long double>(d.mean())) + s * euler_gamma);
    const long double variance_error = 3 * u * d.variance();
    const long double entropy_error = 4 * u * std::abs(log_scale) + u * (euler_gamma + 1) + u * std::abs(d.entropy());
    EXPECT_TRUE(near(d.mean(), d.location + s * mean.value, s * mean.error + mean_error));
    EXPECT_TRUE(near(d.variance(), s * s * variance.value, s * s * variance.error + variance_error));
    EXPECT_TRUE(near(d.entropy(), entropy.value, entropy.error + entropy_error));
    EXPECT_TRUE(near(d.mean(), d.location + s * euler_gamma, mean_error));
    EXPECT_TRUE(near(d.variance(), s * s * (pi * pi / 6), variance_error));
    EXPECT_TRUE(near(d.entropy(), log_scale + euler_gamma + 1, entropy_error));
  }
}

TYPED_TEST(GumbelDistribution, CumulativeIsTheIntegralOfTheDensity) {
  using Real = TypeParam;
  // Simpson's rule: its error is at most step⁴/180 times the width times the density's fourth derivative, which is
  // below 3.2.
  constexpr int intervals = 1 << 10;
  const gumbelcuda::gumbel_distribution<Real> d;
  for (const double end : {-1.5, 0., 1., 4., 12.}) {
    const long double start = -6, step = (end - start) / intervals;
    long double sum = 0, error = std::pow(step, 4.0L) / 180 * (end - start) * 3.2L;
    for (int i = 0; i <= intervals; ++i) {
      const Real x = Real(start + i * step);
      const long double weight = step / 3 * (i == 0 || i == intervals ? 1 : i % 2 ? 4 : 2);
      const closed_form<Real> exact{d.location, d.scale, x};
      sum += weight * d.prob(x);
      error += weight * exact.prob_error();
    }
    EXPECT_TRUE(near(d.cdf(Real(end)), sum, error + closed_form<Real>{d.location, d.scale, Real(end)}.cdf_error()))
        << end;
  }
}

TYPED_TEST(GumbelDistribution, LogProbIsANumberWhereverItsValueIs) {
  using Real = TypeParam;
  const gumbelcuda::gumbel_distribution<Real> d;
  const bool narrow = sizeof(Real) == 4;
  const Real x = narrow ? -88.7f : -709.6, far = std::numeric_limits<Real>::max();  // e^88.7 is 3.3e38, e^709.6 1.5e308
  const long double exact = -(std::exp(-(long double)x) + x);
  EXPECT_TRUE(near(d.log_prob(x), exact, -exact * 4 * std::numeric_limits<Real>::epsilon()));
  EXPECT_EQ(d.log_prob(narrow ? -88.73f : -709.79), -std::numeric_limits<Real>::infinity());
  for (const Real below : {narrow ? Real(-89) : Real(-710), Real(-1000), -far})
    EXPECT_EQ(d.log_prob(below), -std::numeric_limits<Real>::infinity()) << below;
  // A value and a location whose difference overflows: z = 2.
  const gumbelcuda::gumbel_distribution<Real> wide{-far / 4, far / 4};
  EXPECT_EQ(gumbelcuda::standardize(far / 2, -far / 2, far / 2), 2);
  EXPECT_EQ(gumbelcuda::standardize(far, -far, far), 2);
  EXPECT_TRUE(near(wide.cdf(far / 4), std::exp(-std::exp(-2.0L)), 8 * std::numeric_limits<Real>::epsilon()));
}

TYPED_TEST(GumbelDistribution, SampleIsTheNoiseMovedAndScaledWithOneRounding) {
  random_numbers random(3);
  for (const auto& d : laws<TypeParam>())
    for (int i = 0; i < 1000; ++i) {
      const TypeParam g = gumbelcuda::gumbel<TypeParam>(random.word());
      const long double exact = std::fma(static_cast<long double>(d.scale), static_cast<long double>(g),
                                         static_cast<long double>(d.location));
      ASSERT_LE(reference::ulps(d.sample(g), exact), .5 + 0x1p-10);
    }
}

// --- The normal distribution, reparameterized ---------------------------------------------------------------

TEST(ReparameterizedGaussian, ValueAndDerivatives) {
  random_numbers random(4);
  constexpr double h = 0x1p-10;
  for (int i = 0; i < 10'000; ++i) {
    const double mean = random.uniform(-10, 10), stddev = random.uniform(.01, 5), epsilon = random.uniform(-6, 6);
    const auto value = [&](double m, double s) { return gumbelcuda::reparameterize_gaussian(m, s, epsilon).value; };
    const auto sample = gumbelcuda::reparameterize_gaussian(mean, stddev, epsilon);
    ASSERT_TRUE(
        near(sample.value, static_cast<long double>(mean) + static_cast<long double>(stddev) * epsilon, 0x1p-53L * 40));
    // The sample is linear in both arguments, so a central difference has only rounding errors: of two values below 45
    // and of the arguments m ± h and s ± h (2^-53·16, the latter times ε), over 2h.
    const double tolerance = (2 * 0x1p-48 + 2 * 6 * 0x1p-49) / (2 * h);
    ASSERT_TRUE(near(sample.d_mean, (value(mean + h, stddev) - value(mean - h, stddev)) / (2 * h), tolerance));
    ASSERT_TRUE(near(sample.d_stddev, (value(mean, stddev + h) - value(mean, stddev - h)) / (2 * h), tolerance));
  }
}

}  // namespace
