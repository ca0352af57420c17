// SPDX-License-Identifier: Apache-2.0
// Tempered softmax and its derivatives against long double, with tolerances that account for every rounding; against
// central differences; and at the ends of the temperature's range. The checks must reject formulas that lose digits.
#include "gumbelcuda/math/softmax.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cfloat>
#include <numeric>
#include <vector>

#include "tests/unit/random_numbers.hpp"

namespace {

using testing::AssertionFailure, testing::AssertionResult, testing::AssertionSuccess;
using row = std::vector<float>;

struct example {
  row z, d_y;
  float temperature;
  int count() const { return int(z.size()); }
};

// `kind` of z: ordinary, with a common offset, soft, near one-hot, on a grid.
example random_example(random_numbers& random, int count, double tau, int kind) {
  example x{{}, {}, float(tau)};
  while (x.count() < count) {
    const double u = random.uniform(-1, 1), grid = random.word() % 1024 / 256.;
    const double z[] = {4 * u, 50 + 30 * tau * u, tau * u, tau * (25 * u - 35), grid};
    x.z.push_back(float(z[kind]));
    x.d_y.push_back(float(random.uniform(0, 1) + random.word() % 2));
  }
  if (kind == 3) x.z[random.word() % x.z.size()] = 0;
  return x;
}

// The library's functions. A test may replace each of them. A call returns all y, then all d_z, then the temperature's
// derivative.
struct functions {
  row (*softmax)(row, float) = [](row z, float temperature) {
    gumbelcuda::tempered_softmax(z.data(), z.data(), gumbelcuda::inverse_temperature(temperature), int(z.size()));
    return z;
  };
  void (*vjp)(const float*, const float*, float*, float, int) = gumbelcuda::tempered_softmax_vjp<float, int>;
  float (*temperature_vjp)(const float*, const float*, float, int) = gumbelcuda::temperature_vjp<float, int>;

  row operator()(const example& x) const {
    row r = softmax(x.z, x.temperature);
    r.resize(2 * x.z.size() + 1);
    const float scale = gumbelcuda::gradient_scale(x.temperature);
    vjp(r.data(), x.d_y.data(), r.data() + x.count(), scale, x.count());
    r.back() = temperature_vjp(x.z.data(), r.data() + x.count(), scale, x.count());
    return r;
  }
};
const functions library;
const functions scaled_before_maximum{.softmax = [](row z, float temperature) {
  for (float& x : z) x *= gumbelcuda::inverse_temperature(temperature);
  return library.softmax(z, 1);
}};
const functions softer{.softmax = [](row z, float temperature) { return library.softmax(z, temperature * 1.001f); }};
const functions without_pivot{.vjp = [](const float* y, const float* d_y, float* d_z, float scale, int count) {
  const float mean = gumbelcuda::ordered_sum<float>(count, [&](int k) { return y[k] * d_y[k]; });
  for (int k = 0; k < count; ++k) d_z[k] = y[k] * (d_y[k] - mean) * scale;
}};
// Right except for rounding, since the sum of all d_z is 0.
const functions without_maximum{.temperature_vjp = [](const float* z, const float* d_z, float scale, int count) {
  return -scale * gumbelcuda::ordered_sum<float>(count, [&](int k) { return d_z[k] * z[k]; });
}};

// The exact results, and how far rounding can move them. Each operation may have an error of u = half a unit in the
// last place, relative to its result, and exp of 1.1 units. This is to first order in u; 1 % covers the second. `least`
// covers underflow.
struct exact {
  static constexpr long double u = 1.01L * FLT_EPSILON / 2, least = FLT_TRUE_MIN, exp_end = 87.3f;
  std::vector<long double> value, error;

  exact(const example& x, const row& r) : value(2 * x.z.size() + 1), error(value.size(), least) {
    const std::size_t n = x.z.size();
    const long double top = *std::max_element(x.z.begin(), x.z.end()), scale = 1.0L / x.temperature;
    const long double pivot = x.d_y[std::size_t(std::max_element(r.begin(), r.begin() + x.count()) - r.begin())];
    // The number of additions that an element goes through in ordered_sum: within its slot, and of slots.
    const std::size_t additions = n <= 16 ? (n - 1) / 4 + 2 : (n - 1) / 32 + 5;
    long double sum = 0, sum_error = 0, mean = 0, mean_error = 0;
    for (std::size_t k = 0; k < n; ++k) {
      // The exponent has three roundings: difference, reciprocal and product. Below −exp_end, exp gives 0.
      const long double gap = (top - x.z[k]) * scale;
      sum += value[k] = std::exp(-gap);
      sum_error += error[k] = value[k] * (3 * u * std::min(gap, exp_end) + 2.2L * u);
    }
    for (std::size_t k = 0; k < n; ++k) {
      const long double d = x.d_y[k] - pivot, cut = std::exp(-exp_end * (1 - 3 * u));
      error[k] = (error[k] + value[k] * (sum_error / sum + (additions + 2) * u) + cut) / sum + least;
      mean += (value[k] /= sum) * d;
      mean_error += std::abs(d) * (error[k] + value[k] * (additions + 2) * u) + least;
    }
    for (std::size_t k = 0; k < n; ++k) {
      const long double d = x.d_y[k] - pivot, size = std::abs(d - mean), gap = top - x.z[k];
      value[n + k] = value[k] * (d - mean) * scale;
      error[n + k] =
          scale * (value[k] * (u * std::abs(d) + mean_error + 4 * u * size) + error[k] * size + least) + least;
      value[2 * n] += value[n + k] * gap * scale;
      error[2 * n] += scale * (gap * (error[n + k] + (additions + 4) * u * std::abs(value[n + k])) + least);
    }
  }
};

AssertionResult are_accurate(const functions& f) {
  random_numbers random(1);
  for (const int count : {1, 2, 5, 16, 17, 100})
    for (const double tau : {1e-30, .001, .03, .5, 1., 7., 1e30})
      for (int i = 0; i < 40; ++i) {
        const example x = random_example(random, count, tau, i % 5);
        const row r = f(x);
        const exact right(x, r);
        for (std::size_t k = 0; k < r.size(); ++k)
          if (!(std::abs(r[k] - right.value[k]) <= right.error[k]))
            return AssertionFailure() << r[k] << " for " << right.value[k] << ", " << count << " classes, τ = " << tau;
      }
  return AssertionSuccess();
}

// For any temperature and logits up to infinities: no NaN, y in [0, 1] with sum 1, and 0 for classes that cannot win.
AssertionResult are_sane_everywhere(const functions& f) {
  random_numbers random(2);
  for (const float tau : {0.f, -0.f, 1e-45f, 1e-40f, 1e-38f, 1e-30f, .001f, 1.f, 1e30f})
    for (int i = 0; i < 600; ++i) {
      example x = random_example(random, 1 + i % 20, double(tau), 0);
      constexpr float odd[] = {-INFINITY, -FLT_MAX, 0, 100, FLT_MAX};
      for (std::size_t k = 1; k < x.z.size(); ++k)
        if (random.word() % 3 == 0) x.z[k] = odd[random.word() % 5];
      const row r = f(x);
      const float end = tau > 0 ? -FLT_MAX : *std::max_element(x.z.begin(), x.z.end());
      bool sane = std::isfinite(r.back()) && (tau > 0 || r.back() == 0);
      for (std::size_t k = 0; k < x.z.size(); ++k) {
        const float y = r[k], d_z = r[x.z.size() + k];
        sane &= (x.z[k] < end ? y == 0 : y >= 0) && (y == 0 || tau == 0 ? d_z == 0 : std::isfinite(d_z));
      }
      const long double sum = std::accumulate(r.begin(), r.begin() + x.count(), 0.0L);
      // The sum has at most 5 additions; y has the roundings of a quotient and a product.
      if (!sane || !(std::abs(sum - 1) <= 7 * exact::u)) return AssertionFailure() << i << " at τ = " << tau;
    }
  return AssertionSuccess();
}

TEST(Softmax, AndItsDerivativesAreAccurate) {
  EXPECT_TRUE(are_accurate(library));
  for (const functions& wrong : {scaled_before_maximum, softer, without_pivot, without_maximum})
    EXPECT_FALSE(are_accurate(wrong));
}

TEST(Softmax, IsADistributionAtEveryTemperature) {
  EXPECT_TRUE(are_sane_everywhere(library));
  EXPECT_FALSE(are_sane_everywhere(scaled_before_maximum));
  for (const row& z : {row{-INFINITY, -INFINITY}, row{1, NAN}, row{NAN, 1}, row{1, INFINITY}})
    for (const float y : library.softmax(z, 1)) EXPECT_TRUE(std::isnan(y)) << z[0] << ' ' << z[1];
}

TEST(Softmax, IsExactWhereItPromises) {
  const auto are_exact = [](const functions& f) -> AssertionResult {
    random_numbers random(3);
    for (const float tau : {1e-30f, .001f, .3f, 1.f}) {
      // A loser is 0 from a gap of 87.3·τ on, except for the roundings of the gap, of 1/τ and of the product.
      const float gap = 87.3f * tau, step = 4 * gap * FLT_EPSILON;
      if (f.softmax({0, -gap - step}, tau)[1] != 0 || !(f.softmax({0, step - gap}, tau)[1] > 0))
        return AssertionFailure() << "losers at τ = " << tau;
      // Only differences matter; z + 32 is exact on the grid.
      example x = random_example(random, 20, double(tau), 4), shifted = x;
      for (float& z : shifted.z) z += 32;
      if (f(x) != f(shifted)) return AssertionFailure() << "shifted at τ = " << tau;
      for (std::size_t ties = 1; ties <= 40; ++ties) {
        row z(ties + 2, 1), expected(ties + 2, 1 / float(ties));
        for (const std::size_t loser : {ties / 2, ties + 1}) z[loser] = -5000, expected[loser] = 0;
        if (f.softmax(z, tau) != expected) return AssertionFailure() << ties << " ties at τ = " << tau;
      }
    }
    return AssertionSuccess();
  };
  EXPECT_TRUE(are_exact(library));
  for (const functions& wrong : {scaled_before_maximum, softer}) EXPECT_FALSE(are_exact(wrong));
}

// Two classes, 10·τ to 60·τ apart. The loser's exponent has 3·60 roundings. Each y has 2.2 of its own exp, 2.2 of the
// sum's, and 4 of adding and dividing; the mean has 4, and the derivative 4 more.
TEST(Softmax, DerivativesKeepTheirDigitsNearOneHot) {
  const auto largest_error = [](const functions& f) {
    random_numbers random(4);
    long double largest = 0;
    for (int i = 0; i < 1000; ++i) {
      const example x = random_example(random, 2, std::exp(random.uniform(-8, 1)), 3);
      const exact right(x, library(x));
      for (const std::size_t k : {2, 3}) largest = std::max(largest, std::abs(f(x)[k] / right.value[k] - 1));
    }
    return largest;
  };
  EXPECT_LE(largest_error(library), 205 * exact::u);
  EXPECT_GE(largest_error(without_pivot), 1) << "not a digit is left";
}

TEST(Softmax, WithNoiseOrAKnownCountHasTheSameBits) {
  random_numbers random(5);
  const example x = random_example(random, 5, .2, 0);
  const std::vector<std::uint32_t> words = random.words(4 * 5);
  row z = x.z, y(5), y_of_known_count(5);
  for (std::size_t k = 0; k < 5; ++k) z[k] += gumbelcuda::gumbel<float>(words[4 * k]);
  gumbelcuda::gumbel_softmax(x.z.data(), words.data(), 4, y.data(), 5.f, 5);
  gumbelcuda::gumbel_softmax(x.z.data(), words.data(), 4, y_of_known_count.data(), 5.f, gumbelcuda::fixed<5>{});
  EXPECT_EQ(y, library.softmax(z, .2f));
  EXPECT_EQ(y_of_known_count, y);
}

// Central differences of L = Σ d·y in double, with d in [0, 2] and z in [0, 4]. As a function of one z, L is a logistic
// function of z/τ no higher than 2, and |σ'''| ≤ 1/8: the error is h²/6·2/(8τ³). As for τ: with d and z taken from
// their means, the third derivative of L by 1/τ is E[d·z³] − 3·E[d·z]·E[z²], where |E[d·z]| ≤ 2·4/4 and E[z²] ≤ 4²/4;
// by the chain rule |L'''| ≤ (2·4³ + 3·2·4)/τ⁶ + 6·2·4²/τ⁵ + 6·2/τ⁴. y has 63 roundings (3·4/τ and 4 of exp, the same
// of the sum, 5 additions, 2) and d·y one, so L's error is 128·2^-53. 1 % covers second orders and the derivative's own
// rounding.
TEST(Softmax, DerivativesAreSlopes) {
  const auto are_slopes = [](double scale_error) -> AssertionResult {
    constexpr double h = 0x1p-18;
    random_numbers random(6);
    for (int i = 0; i < 400; ++i) {
      const double t = i % 2 ? .5 : 2, scale = gumbelcuda::gradient_scale(t) * (1 + scale_error);
      const example x = random_example(random, 1 + i % 20, t, 4);
      std::vector<double> point(x.z.begin(), x.z.end()), y = point, d_y(x.d_y.begin(), x.d_y.end()), d(y.size() + 1);
      point.push_back(t);
      gumbelcuda::tempered_softmax(point.data(), y.data(), 1 / t, x.count());
      gumbelcuda::tempered_softmax_vjp(y.data(), d_y.data(), d.data(), scale, x.count());
      d.back() = gumbelcuda::temperature_vjp(point.data(), d.data(), scale, x.count());
      for (std::size_t k = 0; k < d.size(); ++k) {
        const auto objective = [&](double move) {
          std::vector<double> moved = point;
          moved[k] += move;
          gumbelcuda::tempered_softmax(moved.data(), moved.data(), 1 / moved.back(), x.count());
          return std::inner_product(d_y.begin(), d_y.end(), moved.begin(), 0.0L);
        };
        const double third = k < y.size() ? 2 / (8 * t * t * t) : (152 / (t * t) + 192 / t + 12) / (t * t * t * t);
        if (!(std::abs(d[k] - (objective(h) - objective(-h)) / (2 * h)) <=
              1.01 * (h * h / 6 * third + 128 * 0x1p-53 / h)))
          return AssertionFailure() << "example " << i << ", number " << k << " of " << y.size();
      }
    }
    return AssertionSuccess();
  };
  EXPECT_TRUE(are_slopes(0));
  EXPECT_FALSE(are_slopes(1e-6));
}

// Logits whose spread exceeds the largest number, at temperatures for which the scaled differences are ordinary
// numbers.
template <class Real>
void expect_softmax_of_far_apart(Real far, Real temperature) {
  const Real z[] = {far, -far, 0};
  Real y[3], d_z[] = {0.25f, -0.5f, 0.25f};
  const Real scale = gumbelcuda::inverse_temperature(temperature);
  gumbelcuda::tempered_softmax(z, y, scale, 3);
  long double total = 0, d_temperature = 0;
  for (const Real x : z) total += std::exp((x - (long double)far) / temperature);
  for (int k = 0; k < 3; ++k) {
    const long double gap = (z[k] - (long double)far) / temperature;
    EXPECT_NEAR(y[k], double(std::exp(gap) / total), 8 * double(std::numeric_limits<Real>::epsilon()));
    d_temperature -= d_z[k] * gap;
  }
  const Real found = gumbelcuda::temperature_vjp(z, d_z, gumbelcuda::gradient_scale(temperature), 3);
  EXPECT_NEAR(found, double(d_temperature), 8 * double(std::numeric_limits<Real>::epsilon()) * double(-d_temperature));
}

TEST(Softmax, OfNumbersWhoseDifferenceIsNone) {
  expect_softmax_of_far_apart(3e38f, 1e38f);
  expect_softmax_of_far_apart(FLT_MAX, FLT_MAX);
  expect_softmax_of_far_apart(1.5e308, 1e308);
  expect_softmax_of_far_apart(DBL_MAX, DBL_MAX);
}

}  // namespace
