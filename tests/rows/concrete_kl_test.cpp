// SPDX-License-Identifier: Apache-2.0
// The estimate of KL between Concrete distributions: it is log p − log q of the library's own samples; its mean is the
// integral; gradients against central differences; masks and other special rows.
#include <gtest/gtest.h>

#include <numeric>

#include "gumbelcuda/concrete.hpp"
#include "gumbelcuda/gumbel.hpp"
#include "tests/rows/concrete_rows.hpp"
#include "tests/unit/random_numbers.hpp"

namespace gumbelcuda {
namespace {

using testing_rows::computed_type, testing_rows::infinity, testing_rows::not_a_number, testing_rows::row_batch;
using testing_rows::row_of;

struct pair_of_laws {
  row_batch p, q;
  std::vector<float> p_temperature, q_temperature;
  int samples = 1;
  noise_address noise{.seed = 31, .first_row = 2, .offset = 8};

  pair_of_laws(number_type type, std::uint64_t rows, std::uint64_t classes, float p_t, float q_t, double size = 2)
      : p(type, rows, classes), q(p), p_temperature(rows, p_t), q_temperature(rows, q_t) {
    random_numbers random(5);
    for (std::uint64_t row = 0; row < rows; ++row)
      for (std::uint64_t k = 0; k < classes; ++k) {
        p.set(row, k, random.uniform(-size, size));
        q.set(row, k, random.uniform(-size, size));
      }
  }
  template <class Task>
  Task task() {
    Task task{.rows = p.rows(),
              .classes = p.classes(),
              .type = p.type(),
              .noise = noise,
              .samples = samples,
              .p_logits = p.in(),
              .q_logits = q.in(),
              .p_temperature = p_temperature.data(),
              .q_temperature = q_temperature.data(),
              .p_temperature_per_row = true,
              .q_temperature_per_row = true};
    return task;
  }
  std::vector<double> kl() {
    row_batch result(computed_type(p.type()), 1, p.rows());
    auto to = task<concrete_kl_estimate_task>();
    to.kl = result.out().data;
    concrete_kl_estimate(to);
    return numbers_of(result, 0);
  }
  struct gradients {
    row_batch p, q, p_temperature, q_temperature;
  };
  gradients vjp(const std::vector<double>& d_kl) {
    const row_batch per_row(computed_type(p.type()), 1, p.rows());
    gradients d{row_batch(p.type(), p.rows(), p.classes()), row_batch(p.type(), p.rows(), p.classes()), per_row,
                per_row};
    row_batch upstream = row_of(computed_type(p.type()), d_kl);
    auto to = task<concrete_kl_estimate_vjp_task>();
    to.d_kl = upstream.in().data;
    to.d_p_logits = d.p.out();
    to.d_q_logits = d.q.out();
    to.d_p_temperature = d.p_temperature.out().data;
    to.d_q_temperature = d.q_temperature.out().data;
    concrete_kl_estimate_vjp(to);
    return d;
  }
};

// log p(x) − log q(x) of a sample x = log y, computed by the functions for samples and for densities.
std::vector<double> difference_of_densities(pair_of_laws laws, int sample) {
  row_batch x(laws.p.type(), laws.p.rows(), laws.p.classes());
  laws.noise.offset += std::uint64_t(sample) * ((laws.p.classes() + 3) / 4 * 4);
  gumbel_softmax({.rows = laws.p.rows(),
                  .classes = laws.p.classes(),
                  .type = laws.p.type(),
                  .noise = laws.noise,
                  .logits = laws.p.in(),
                  .temperature = laws.p_temperature.data(),
                  .temperature_per_row = true,
                  .y = x.out(),
                  .log_domain = true});
  testing_rows::concrete_row_values at{laws.p, x, laws.p_temperature, true};
  std::vector<double> difference = at.log_prob();
  at.logits = laws.q;
  at.temperature = laws.q_temperature;
  const std::vector<double> log_q = at.log_prob();
  for (std::size_t row = 0; row < difference.size(); ++row) difference[row] -= log_q[row];
  return difference;
}

// Each of the K elements of x has a few roundings of |z|/τ_p, which the densities multiply by τ; |z| is below 50.
TEST(ConcreteKl, IsTheDifferenceOfDensitiesAtSamples) {
  for (const number_type type : {number_type::float32, number_type::float64})
    for (const std::uint64_t classes : {2, 5, 40, 3000})
      for (const auto& [p_t, q_t] : {std::pair{1.f, 1.f}, {.3f, 2.f}, {3.f, .4f}}) {
        pair_of_laws laws(type, 6, classes, p_t, q_t);
        laws.samples = 3;
        const std::vector<double> kl = laws.kl();
        std::vector<double> expected(6);
        for (int sample = 0; sample < 3; ++sample) {
          const std::vector<double> one = difference_of_densities(laws, sample);
          for (std::size_t row = 0; row < 6; ++row) expected[row] += one[row] / 3;
        }
        const double unit = type == number_type::float64 ? 0x1p-53 : 0x1p-24, ratio = std::max(1., double(q_t / p_t));
        for (std::size_t row = 0; row < 6; ++row)
          EXPECT_NEAR(kl[row], expected[row], unit * 4 * 50 * double(classes) * ratio) << classes << ' ' << p_t;
      }
}

// With two classes, z_1 − z_2 = logit + l with a logistic variable l, and x_1 − x_2 is distributed as (logit + l)/τ.
// The KL is integrated by the trapezoidal rule, whose error is far below the bound. 2^16 samples must have their mean
// within 5 standard deviations of it.
TEST(ConcreteKl, HasTheDivergenceForMean) {
  constexpr std::uint64_t rows = 1 << 12;
  const double logit_p = .8, logit_q = -.5;
  for (const auto& [p_t, q_t] : {std::pair{1.f, 1.f}, {.5f, 2.f}, {2.f, .75f}}) {
    // The log density of u = x_1 − x_2.
    const auto log_density = [](double u, double logit, double t) {
      const double w = t * u - logit;
      return std::log(t) - std::abs(w) - 2 * std::log1p(std::exp(-std::abs(w)));
    };
    double divergence = 0;
    for (double u = -150; u < 150; u += 1. / 64) {
      const double log_p = log_density(u, logit_p, double(p_t));
      divergence += std::exp(log_p) * (log_p - log_density(u, logit_q, double(q_t))) / 64;
    }
    pair_of_laws laws(number_type::float64, rows, 2, p_t, q_t);
    for (std::uint64_t row = 0; row < rows; ++row)
      for (std::uint64_t k = 0; k < 2; ++k) {
        laws.p.set(row, k, k == 0 ? logit_p : 0);
        laws.q.set(row, k, k == 0 ? logit_q : 0);
      }
    laws.samples = 16;
    const std::vector<double> kl = laws.kl();
    const double mean = std::accumulate(kl.begin(), kl.end(), 0.) / rows;
    double variance = 0;
    for (const double x : kl) variance += (x - mean) * (x - mean) / (rows - 1);
    const double deviation = std::sqrt(variance / rows);
    EXPECT_NEAR(mean, divergence, 5 * deviation);
    EXPECT_GT(std::abs(mean - 1.1 * divergence), 5 * deviation) << "a wrong one would be seen";
  }
}

// w of p is −g, and w of q is logit − (logit + g), with a rounding of z = logit + g and one of itself. So each w is off
// by `moved` at most, and so is the largest. A term has the errors of both w and, for both distributions, the rounding
// of its gap to the largest. The logarithm of a sum also has twice `moved`, exp's error, the additions of each term,
// and the rounding of a gap, whose weighted mean is log K at most. The logarithm, too, is log K at most, and has an
// error of its own. Terms that cancel add nothing.
TEST(ConcreteKl, OfALawAndItselfIsZero) {
  constexpr std::uint64_t classes = 30;
  for (const number_type type : testing_rows::all_types) {
    const testing_rows::precision p(type);
    pair_of_laws laws(type, 4, classes, .25f, .25f);
    laws.q = laws.p;
    const std::vector<double> kl = laws.kl();
    const row_batch noise = testing_rows::noise_of(type, 4, classes, laws.noise);
    for (std::uint64_t row = 0; row < 4; ++row) {
      const std::vector<double> g = numbers_of(noise, row), z = testing_rows::scores_of(laws.p, noise, row);
      const double least = *std::min_element(g.begin(), g.end());
      double moved = 0, gaps = 0;
      for (std::uint64_t k = 0; k < classes; ++k) {
        moved = std::max(moved, std::abs(z[k]) + std::abs(g[k]));
        gaps += g[k] - least;
      }
      const long double log_classes = std::log((long double)classes);
      const long double of_logs = 2 * (log_classes * (1 + p.log) + p.exp + testing_rows::additions(classes));
      EXPECT_NEAR(kl[row], 0, double(p.u * (2 * gaps + classes * (4 * moved + of_logs)))) << kl[row];
    }
  }
}

// Float has no number for 1e60 = τ_q/τ_p; double has.
TEST(ConcreteKl, IsNaNWhereTheRatioOfTemperaturesOverflows) {
  for (const number_type type : testing_rows::all_types) {
    pair_of_laws laws(type, 2, 5, 1e-30f, 1e30f);
    laws.p.set(1, 2, -infinity);
    laws.q.set(1, 2, -infinity);
    for (const double kl : laws.kl()) EXPECT_EQ(std::isnan(kl), type != number_type::float64);
    const auto d = laws.vjp({1, 1});
    EXPECT_EQ(std::isnan(d.p.get(1, 2)), type != number_type::float64);
    EXPECT_EQ(std::isnan(d.q.get(1, 2)), type != number_type::float64);
  }
}

// Central differences in double, with the noise fixed. Their error is h²/6 of the third derivative, plus, over h, 8
// roundings of each of the K numbers below 50·ratio in kl. kl is a sum of w of q and K times the logarithm of the sum
// of their exponentials. The third derivative of such a logarithm is a third moment about the weighted mean, at most a
// tenth of the cube of the spread of the moving quantity: 1 for logits of q, ratio for those of p, and the spread S of
// a sample's z for ratio itself. With r = τ_q/τ_p, dʲr/dτ_pʲ = ±j!·r/τ_pʲ; dkl/dr is below K·S, and d²kl/dr² below
// K·S²/4. So τ_p's is below K/τ_p³·((r·S)³/10 + 6·(r·S)²/4 + 6·r·S + 2), the last for log τ_p, and τ_q's below
// K·(S³/10/τ_p³ + 2/τ_q³).
TEST(ConcreteKlVjp, AreSlopes) {
  constexpr float h = 0x1p-17f;
  constexpr std::uint64_t rows = 3, classes = 7;
  for (const auto& [p_t, q_t] : {std::pair{1.f, 1.f}, {.5f, 1.5f}, {2.f, .75f}}) {
    pair_of_laws laws(number_type::float64, rows, classes, p_t, q_t);
    laws.samples = 4;
    const std::vector<double> d_kl = {1, -.5, 2};
    const auto d = laws.vjp(d_kl);
    const double ratio = std::max(1., double(q_t / p_t)), rounding = classes * 50 * ratio * 8 * 0x1p-53 / h;
    double spread = 0;
    for (int sample = 0; sample < laws.samples; ++sample) {
      noise_address noise = laws.noise;
      noise.offset += std::uint64_t(sample) * 8;
      const row_batch g = testing_rows::noise_of(laws.p.type(), rows, classes, noise);
      for (std::uint64_t row = 0; row < rows; ++row) {
        const std::vector<double> z = testing_rows::scores_of(laws.p, g, row);
        spread = std::max(spread, *std::max_element(z.begin(), z.end()) - *std::min_element(z.begin(), z.end()));
      }
    }
    // The factor 1.01 allows for derivatives being taken up to h away.
    const double allowance = 1.01 * h * h / 6, moved = double(q_t / p_t) * spread;
    const double third_of_p =
        classes / std::pow(p_t, 3.) * (moved * moved * moved / 10 + 1.5 * moved * moved + 6 * moved + 2);
    const double third_of_q = classes * (std::pow(spread / p_t, 3.) / 10 + 2 / std::pow(q_t, 3.));
    for (std::uint64_t row = 0; row < rows; ++row) {
      const auto slope = [&](auto move) {
        pair_of_laws up = laws, down = laws;
        move(up, h);
        move(down, -h);
        return d_kl[row] * (up.kl()[row] - down.kl()[row]) / (2 * h);
      };
      for (std::uint64_t k = 0; k < classes; ++k) {
        const double allowed = 2 * (allowance * classes * ratio * ratio * ratio / 10 + rounding);
        EXPECT_NEAR(d.p.get(row, k), slope([&](auto& l, float by) { l.p.set(row, k, l.p.get(row, k) + by); }), allowed);
        EXPECT_NEAR(d.q.get(row, k), slope([&](auto& l, float by) { l.q.set(row, k, l.q.get(row, k) + by); }), allowed);
      }
      EXPECT_NEAR(d.p_temperature.get(0, row), slope([&](auto& l, float by) { l.p_temperature[row] += by; }),
                  2 * (allowance * third_of_p + rounding));
      EXPECT_NEAR(d.q_temperature.get(0, row), slope([&](auto& l, float by) { l.q_temperature[row] += by; }),
                  2 * (allowance * third_of_q + rounding));
    }
  }
}

TEST(ConcreteKl, LeavesOutWhatNeitherDrawsAndIsInfiniteForWhatOneDoes) {
  for (const number_type type : testing_rows::all_types) {
    pair_of_laws laws(type, 7, 6, 1, 2);
    const auto mask = [&](row_batch& logits, std::uint64_t row, double with) { logits.set(row, 2, with); };
    for (const std::uint64_t row : {0, 1}) mask(laws.p, row, -infinity);
    for (const std::uint64_t row : {0, 2}) mask(laws.q, row, -infinity);
    mask(laws.p, 3, not_a_number);
    mask(laws.q, 4, infinity);
    for (std::uint64_t k = 0; k < 6; ++k) {
      laws.p.set(5, k, -infinity);
      laws.q.set(5, k, -infinity);
    }
    const std::vector<double> kl = laws.kl();
    const auto d = laws.vjp(std::vector<double>(7, 1));
    for (const std::size_t row : {1, 2}) EXPECT_EQ(kl[row], infinity);
    for (const std::size_t row : {3, 4, 5}) EXPECT_TRUE(std::isnan(kl[row]));
    for (const std::size_t row : {0, 6}) EXPECT_TRUE(std::isfinite(kl[row]));
    EXPECT_EQ(d.p.get(0, 2), 0);
    EXPECT_EQ(d.q.get(0, 2), 0);
    for (std::uint64_t row = 0; row < 7; ++row) EXPECT_EQ(std::isfinite(d.p.get(row, 1)), row == 0 || row == 6);
  }
}

}  // namespace
}  // namespace gumbelcuda
