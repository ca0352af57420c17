// SPDX-License-Identifier: Apache-2.0
// Log densities of Gumbel and Gaussian variables: against long double, with a bound for every rounding; their integral;
// extreme arguments; and their gradients against central differences.
#include <gtest/gtest.h>

#include "gumbelcuda/location_scale.hpp"
#include "tests/rows/location_scale_batch.hpp"

namespace gumbelcuda {
namespace {

using testing_rows::all_shapes, testing_rows::both_laws, testing_rows::gradient_batch, testing_rows::infinity;
using testing_rows::not_a_number, testing_rows::parameter_batch, testing_rows::precision, testing_rows::row_batch;

struct densities {
  number_type type;
  noise_law law;
  row_batch value;
  parameter_batch location, scale;

  densities(number_type t, noise_law l, parameter_shape shape, std::uint64_t rows, std::uint64_t classes)
      : type(t), law(l), value(t, rows, classes), location(t, shape, rows, classes), scale(t, shape, rows, classes) {}
  std::uint64_t rows() const { return value.rows(); }
  std::uint64_t classes() const { return value.classes(); }

  row_batch log_prob() {
    row_batch result(type, rows(), classes());
    location_scale_log_prob({.rows = rows(),
                             .classes = classes(),
                             .type = type,
                             .law = law,
                             .value = value.in(),
                             .location = location.in(),
                             .scale = scale.in(),
                             .log_prob = result.out()});
    return result;
  }
  struct gradients {
    row_batch d_value;
    gradient_batch d_location, d_scale;
  };
  gradients vjp(row_batch d_log_prob, parameter_shape shape) {
    gradients d{row_batch(type, rows(), classes()), gradient_batch(type, shape, rows(), classes()),
                gradient_batch(type, shape, rows(), classes())};
    location_scale_log_prob_vjp({.rows = rows(),
                                 .classes = classes(),
                                 .type = type,
                                 .law = law,
                                 .value = value.in(),
                                 .location = location.in(),
                                 .scale = scale.in(),
                                 .d_log_prob = d_log_prob.in(),
                                 .d_value = d.d_value.out(),
                                 .d_location = d.d_location.out(),
                                 .d_scale = d.d_scale.out()});
    return d;
  }
};

struct arguments {
  double value, location, scale;
};

// A batch of one element.
struct single {
  number_type type;
  noise_law law;
  densities of(double value, double location, double scale) const {
    densities one(type, law, parameter_shape::per_element, 1, 1);
    one.value.set(0, 0, value);
    one.location.set(0, 0, location);
    one.scale.set(0, 0, scale);
    return one;
  }
  double log_prob(double value, double location, double scale) const {
    return of(value, location, scale).log_prob().get(0, 0);
  }
  std::vector<double> gradient(double value, double location, double scale, double d_log_prob) const {
    row_batch d(type, 1, 1);
    d.set(0, 0, d_log_prob);
    const auto g = of(value, location, scale).vjp(d, parameter_shape::per_element);
    return {g.d_value.get(0, 0), g.d_location.of_row(0)[0], g.d_scale.of_row(0)[0]};
  }
};

TEST(LocationScaleLogProb, IsThatOfTheReference) {
  for (const number_type type : testing_rows::all_types)
    for (const noise_law law : both_laws)
      for (const parameter_shape shape : all_shapes) {
        const precision p(type);
        densities d(type, law, shape, 20, 53);
        d.location.fill(1, -4, 4);
        d.scale.fill(2, .05, 5);
        random_numbers random(3);
        for (std::uint64_t row = 0; row < 20; ++row)
          for (std::uint64_t k = 0; k < 53; ++k) d.value.set(row, k, random.uniform(-6, 9));
        const row_batch found = d.log_prob();
        for (std::uint64_t row = 0; row < 20; ++row)
          for (std::uint64_t k = 0; k < 53; ++k) {
            const long double s = d.scale.get(row, k),
                              z = (d.value.get(row, k) - (long double)d.location.get(row, k)) / s;
            const long double log_s = std::log(s), e = std::exp(-z), c = .5L * std::log(2 * std::acos(-1.0L));
            const bool gumbel = law == noise_law::gumbel;
            const long double exact = (gumbel ? -(z + e) : -z * z / 2 - c) - log_s;
            // z has two roundings; in e^−z and z² they become e·z and z² times as large.
            const long double moved = gumbel ? 2 * std::abs(z) + e * (p.exp + 2 * std::abs(z)) + std::abs(z + e)
                                             : 2 * z * z + c + std::abs(z * z / 2 + c);
            const long double error = p.u * (moved + p.log * std::abs(log_s) + std::abs(exact));
            if (std::abs(exact) > 60000 && type == number_type::float16) continue;
            ASSERT_NEAR(found.get(row, k), double(exact), double(p.stored(exact, error)))
                << testing_rows::name_of(type) << ' ' << double(z);
          }
      }
}

// The trapezoidal rule has an error below e^(−2π·π/(2·step)) for these analytic densities; outside `ends` they are 0.
TEST(LocationScaleLogProb, IsThatOfADensity) {
  for (const noise_law law : both_laws) {
    densities d(number_type::float64, law, parameter_shape::one_for_all, 1, 60 * 16);
    d.location.set(0, 0, 1.5);
    d.scale.set(0, 0, .75);
    for (std::uint64_t k = 0; k < d.classes(); ++k) d.value.set(0, k, 1.5 + .75 * (double(k) / 16 - 15));
    double integral = 0;
    for (const double log_prob : numbers_of(d.log_prob(), 0)) integral += std::exp(log_prob) * .75 / 16;
    EXPECT_NEAR(integral, 1, 1e-12);
  }
}

TEST(LocationScaleLogProb, AtExtremesIsItsLimit) {
  for (const number_type type : testing_rows::all_types)
    for (const noise_law law : both_laws) {
      const single one{type, law};
      const bool is_double = type == number_type::float64, is_half = type == number_type::float16;
      const double large = is_double ? 1.7e308
                           : is_half ? 65504
                                     : 3e38,
                   small = is_double ? 1e-320
                           : is_half ? 6e-8
                                     : 1e-40;
      for (const double value : {-infinity, infinity})
        for (const double scale : {small, 1., large}) {
          EXPECT_EQ(one.log_prob(value, 0, scale), -infinity);
          EXPECT_EQ(one.log_prob(value, large, scale), -infinity);
        }
      for (const double value : {-large, large})
        for (const double location : {-large, 0., large})
          for (const double scale : {small, 1., large}) {
            EXPECT_FALSE(std::isnan(one.log_prob(value, location, scale))) << value << ' ' << location << ' ' << scale;
            for (const double d : one.gradient(value, location, scale, 1)) EXPECT_FALSE(std::isnan(d));
            for (const double d : one.gradient(value, location, scale, 0)) EXPECT_EQ(d, 0);
          }
      // Any scale has a density at the location itself; so has the largest scale where value − location overflows. z is
      // exact, 0 or 2. The roundings are: of e^−z or ½·log 2π, and of the sum with z; of the logarithm of a scale that
      // was first scaled by 2² or 2^54 to bring it near 1, with the logarithm of that factor; and of the final
      // difference.
      const precision p(type);
      for (const auto& [value, location, scale] :
           {arguments{2, 2, small}, arguments{2, 2, 1}, arguments{2, 2, large}, arguments{large, -large, large}}) {
        const bool gumbel = law == noise_law::gumbel, is_moved = scale != 1;
        const long double z = value == 2 ? 0 : 2, log_s = std::log((long double)one.of(2, 2, scale).scale.get(0, 0));
        const long double e = std::exp(-z), c = .5L * std::log(2 * std::acos(-1.0L));
        const long double standard = gumbel ? -(z + e) : -z * z / 2 - c, exact = standard - log_s;
        const long double by = is_moved ? (scale > 1 ? 2 : 54) * std::log(2.0L) : 0;
        const long double log_error = p.log * (std::abs(log_s) + by) + by + (is_moved ? std::abs(log_s) : 0);
        const long double error = p.u * ((gumbel ? p.exp * e : c) + std::abs(standard) + log_error + std::abs(exact));
        EXPECT_NEAR(one.log_prob(value, location, scale), double(exact), double(p.stored(exact, error)))
            << testing_rows::name_of(type) << ' ' << value << ' ' << scale;
      }
    }
}

TEST(LocationScaleLogProb, OfNoDistributionIsNan) {
  for (const number_type type : testing_rows::all_types)
    for (const noise_law law : both_laws) {
      const single one{type, law};
      for (const auto& [value, location, scale] :
           {arguments{not_a_number, 0, 1}, arguments{0, not_a_number, 1}, arguments{0, infinity, 1},
            arguments{0, -infinity, 1}, arguments{0, 0, 0}, arguments{0, 0, -1}, arguments{0, 0, infinity},
            arguments{0, 0, not_a_number}, arguments{infinity, infinity, 1}}) {
        EXPECT_TRUE(std::isnan(one.log_prob(value, location, scale)));
        for (const double d_log_prob : {0., 1.})
          for (const double d : one.gradient(value, location, scale, d_log_prob)) EXPECT_TRUE(std::isnan(d));
      }
    }
}

// In double. The error is h²/6 of the third derivative, plus the roundings of two values over h: 2^-53 of 8 times their
// size each.
TEST(LocationScaleLogProbVjp, AreSlopes) {
  constexpr double h = 0x1p-16;
  constexpr std::uint64_t rows = 4, classes = 21;
  for (const noise_law law : both_laws)
    for (const parameter_shape shape : all_shapes) {
      densities d(number_type::float64, law, shape, rows, classes);
      d.location.fill(4, -1, 1);
      d.scale.fill(5, .5, 2);
      row_batch d_log_prob(d.type, rows, classes);
      random_numbers random(6);
      for (std::uint64_t row = 0; row < rows; ++row)
        for (std::uint64_t k = 0; k < classes; ++k) {
          d.value.set(row, k, random.uniform(-2, 4));
          d_log_prob.set(row, k, random.uniform(-1, 1));
        }
      const auto moved = [&](double value, double location, double scale) {
        densities at = d;
        for (std::uint64_t row = 0; row < rows; ++row)
          for (std::uint64_t k = 0; k < classes; ++k) {
            at.value.set(row, k, d.value.get(row, k) + value);
            at.location.set(row, k, d.location.get(row, k) + location);
            at.scale.set(row, k, d.scale.get(row, k) + scale);
          }
        return at.log_prob();
      };
      const auto found = d.vjp(d_log_prob, shape);
      const row_batch ups[] = {moved(h, 0, 0), moved(0, h, 0), moved(0, 0, h)};
      const row_batch downs[] = {moved(-h, 0, 0), moved(0, -h, 0), moved(0, 0, -h)};
      for (std::uint64_t row = 0; row < rows; ++row) {
        double sum[3] = {}, allowed[3] = {};
        for (std::uint64_t k = 0; k < classes; ++k) {
          const double s = d.scale.get(row, k), z = (d.value.get(row, k) - d.location.get(row, k)) / s;
          const double e = law == noise_law::gumbel ? std::exp(-z) : 0, size = std::abs(z), s3 = s * s * s;
          const double third_of_scale = law == noise_law::gumbel
                                            ? 6 * size + 2 + e * (size * size * size + 6 * size * size + 6 * size)
                                            : 12 * z * z + 2;
          for (int of = 0; of < 3; ++of) {
            const double slope = (ups[of].get(row, k) - downs[of].get(row, k)) / (2 * h) * d_log_prob.get(row, k);
            const double error =
                1.01 * h * h / 6 * (of == 2 ? third_of_scale : e) / s3 + 0x1p-53 * 8 * (size + e + z * z + 2) / h;
            sum[of] += slope;
            allowed[of] += error;
            if (of == 0) {
              EXPECT_NEAR(found.d_value.get(row, k), slope, error);
            }
            if (of > 0 && shape == parameter_shape::per_element) {
              EXPECT_NEAR((of == 1 ? found.d_location : found.d_scale).of_row(row)[k], slope, error);
            }
          }
        }
        if (shape == parameter_shape::per_element) continue;
        EXPECT_NEAR(found.d_location.of_row(row)[0], sum[1], allowed[1]);
        EXPECT_NEAR(found.d_scale.of_row(row)[0], sum[2], allowed[2]);
      }
    }
}

// e^−z is near the largest number, or its product with z exceeds it although the quotient by the scale does not. The
// expected values were computed with mpmath.
TEST(LocationScaleLogProb, OfAGumbelIsANumberWhereItsLogarithmIs) {
  const single narrow{number_type::float32, noise_law::gumbel}, wide{number_type::float64, noise_law::gumbel};
  const auto expect_near = [](double found, double exact, double relative) {
    EXPECT_NEAR(found, exact, relative * std::abs(exact));
  };
  // −z is exact.
  for (const auto& [value, exact] :
       {std::pair{-88.7, -3.3259768301593062e38}, {-88.5, -2.7230878250681116e38}, {-88.4, -2.4639555164146669e38}}) {
    expect_near(narrow.log_prob(value, 0, 1), exact, 0x1p-21);
    const auto d = narrow.gradient(value, 0, 1, 1);
    expect_near(d[0], -exact, 0x1p-21);
    expect_near(d[1], exact, 0x1p-21);
  }
  for (const double value : {-88.73, -89., -120., -1e10, -3e38}) {
    EXPECT_EQ(narrow.log_prob(value, 0, 1), -infinity) << value;
    EXPECT_EQ(narrow.gradient(value, 0, 1, 1)[0], infinity) << value;
    EXPECT_EQ(narrow.gradient(value, 0, 1, 1)[2], infinity) << value;
  }
  expect_near(narrow.gradient(-88.73e10, 0, 1e10, 1)[2], 3.041033460682837e30, 0x1p-17);
  EXPECT_EQ(narrow.gradient(-120e10, 0, 1e10, 1)[2], infinity);
  expect_near(wide.log_prob(-709.6, 0, 1), -1.4974914744969294e308, 0x1p-50);
  expect_near(wide.gradient(-709.6, 0, 1, 1)[0], 1.4974914744969294e308, 0x1p-50);
  EXPECT_EQ(wide.log_prob(-709.79, 0, 1), -infinity);
  // z is rounded once, and in e^−z this becomes a relative error 89 times as large.
  expect_near(narrow.gradient(-88.5e6, 0, 1e6, 1)[2], 2.4099327251852788e34, 0x1p-17);
}

}  // namespace
}  // namespace gumbelcuda
