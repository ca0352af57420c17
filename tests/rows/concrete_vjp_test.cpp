// SPDX-License-Identifier: Apache-2.0
// Gradients of the log density of the Concrete distribution: against central differences of the density in long double,
// and their values at the simplex's boundary.
#include <gtest/gtest.h>

#include "tests/rows/concrete_rows.hpp"
#include "tests/unit/random_numbers.hpp"

namespace gumbelcuda {
namespace {

using testing_rows::concrete_row_values, testing_rows::exact_concrete, testing_rows::infinity, testing_rows::row_batch,
    testing_rows::row_of;

// A step h of logits_k, of log y_k or of log τ has an error of h²/6 times the third derivative. That of K·log Σ e^w is
// below K times the cube of how far such a step moves the w apart; for log τ, of that distance plus one.
TEST(ConcreteLogProbVjp, AreSlopes) {
  constexpr long double h = 0x1p-18L;
  random_numbers random(2);
  for (const bool log_domain : {false, true})
    for (const std::uint64_t classes : {1, 2, 5, 40, 3000})
      for (const float t : {.25f, 1.f, 2.5f}) {
        SCOPED_TRACE(std::to_string(classes) + (log_domain ? " classes, log" : " classes"));
        std::vector<long double> logits, log_value;
        const row_batch empty(number_type::float64, 1, classes);
        concrete_row_values x{empty, empty, {t}, log_domain};
        for (std::uint64_t k = 0; k < classes; ++k) {
          x.logits.set(0, k, random.uniform(-2, 2));
          const double share = random.uniform(.2, 2) / double(classes);
          x.value.set(0, k, log_domain ? std::log(share) : share);
          logits.push_back(x.logits.get(0, k));
          log_value.push_back(log_domain ? (long double)x.value.get(0, k) : std::log((long double)x.value.get(0, k)));
        }
        const double upstream = -1.5;
        const auto d = x.vjp({upstream});
        const long double scale = std::max(1.f, t) * std::max(1.f, t) * std::max(1.f, t);
        const auto expect_slope = [&](double result, auto density, long double unit, long double spread) {
          const long double slope = (density(h).log_prob - density(-h).log_prob) / (2 * h);
          const long double error = h * h * spread + density(0).size * (0x1p-60L / h + 64 * 0x1p-53L);
          EXPECT_NEAR(double(result * unit), double(upstream * slope), double(2 * error));
        };
        for (std::uint64_t k = 0; k < std::min<std::uint64_t>(classes, 7); ++k) {
          const long double third = (long double)classes * scale;
          expect_slope(
              d.d_logits.get(0, k),
              [&](long double step) {
                auto moved = logits;
                moved[k] += step;
                return exact_concrete(moved, log_value, t, log_domain);
              },
              1, third);
          expect_slope(
              d.d_value.get(0, k),
              [&](long double step) {
                auto moved = log_value;
                moved[k] += step;
                return exact_concrete(logits, moved, t, log_domain);
              },
              log_domain ? 1 : x.value.get(0, k), third);
        }
        const long double reach = 10 * t;  // the range of τ·log y_k over the classes
        expect_slope(
            d.d_temperature.get(0, 0),
            [&](long double step) { return exact_concrete(logits, log_value, t * std::exp(step), log_domain); }, t,
            (long double)classes * (reach + 1) * (reach + 1) * (reach + 1));
      }
}

TEST(ConcreteLogProbVjp, AtTheBoundaryStaysFinite) {
  for (const bool log_domain : {false, true}) {
    const double nothing = log_domain ? -infinity : 0, value = log_domain ? std::log(.5) : .5;
    concrete_row_values x{row_of(number_type::float64, {1, 2, -infinity, .5}),
                          row_of(number_type::float64, {nothing, value, nothing, value}),
                          {.5f},
                          log_domain};
    const auto d = x.vjp({1});
    const double jacobian = log_domain ? 0 : 1;
    // The third class is masked, and the first one has all of the weight.
    const double d_logits[] = {1 - 3, 1, 0, 1};
    for (std::uint64_t k = 0; k < 4; ++k) {
      EXPECT_EQ(d.d_logits.get(0, k), d_logits[k]);
      EXPECT_EQ(d.d_value.get(0, k), k % 2 ? (-.5 - jacobian) / (log_domain ? 1 : value) : 0);
    }
    EXPECT_NEAR(d.d_temperature.get(0, 0), 2 / .5 - 2 * std::log(.5), 1e-15 * 8);
  }
}

TEST(ConcreteLogProbVjp, IsNanWithoutADensity) {
  concrete_row_values x{
      row_of(number_type::float32, {1, NAN, -infinity}), row_of(number_type::float32, {.5, .5, 0}), {1}};
  const auto d = x.vjp({1});
  for (std::uint64_t k = 0; k < 3; ++k)
    EXPECT_TRUE(std::isnan(d.d_logits.get(0, k)) && std::isnan(d.d_value.get(0, k))) << k;
  EXPECT_TRUE(std::isnan(d.d_temperature.get(0, 0)));
}

}  // namespace
}  // namespace gumbelcuda
