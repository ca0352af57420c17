// SPDX-License-Identifier: Apache-2.0
// The estimate of KL between Concrete laws: that it is log p − log q of the library's own samples, that its mean is the
// integral, gradients against central differences, masks and other special rows.
#include <gtest/gtest.h>

#include <numeric>

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

// log p(x) − log q(x) of a sample x = log y, by the functions that make samples and densities.
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

// Each of K classes of x has a few roundings of |z|/τ_p, which the densities take times τ; |z| is below 50.
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

// Of two classes z_1 − z_2 = logit + a logistic number l, and the law of x_1 − x_2 is that of (logit + l)/τ: KL by the
// trapezoidal rule, whose error is far below the bound. 2^16 samples, within 5 standard deviations of their mean.
TEST(ConcreteKl, HasTheDivergenceForMean) {
  constexpr std::uint64_t rows = 1 << 12;
  const double logit_p = .8, logit_q = -.5;
  for (const auto& [p_t, q_t] : {std::pair{1.f, 1.f}, {.5f, 2.f}, {2.f, .75f}}) {
    // log of the density of u = x_1 − x_2.
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

TEST(ConcreteKl, OfALawAndItselfIsZero) {
  for (const number_type type : testing_rows::all_types) {
    pair_of_laws laws(type, 4, 30, .25f, .25f);
    laws.q = laws.p;
    for (const double kl : laws.kl()) EXPECT_NEAR(kl, 0, 30 * 50 * 0x1p-24);
  }
}

// Central differences in double, with the noise held: h²/6 of third derivatives, which are below K·(ratio·50/τ)³ for
// τ and K·ratio³ for logits, and the rounding of K·50·ratio over h.
TEST(ConcreteKlVjp, AreSlopes) {
  constexpr float h = 0x1p-17f;
  constexpr std::uint64_t rows = 3, classes = 7;
  for (const auto& [p_t, q_t] : {std::pair{1.f, 1.f}, {.5f, 1.5f}, {2.f, .75f}}) {
    pair_of_laws laws(number_type::float64, rows, classes, p_t, q_t);
    laws.samples = 4;
    const std::vector<double> d_kl = {1, -.5, 2};
    const auto d = laws.vjp(d_kl);
    const double ratio = std::max(1., double(q_t / p_t)), rounding = classes * 50 * ratio * 0x1p-50 / h;
    for (std::uint64_t row = 0; row < rows; ++row) {
      const auto slope = [&](auto move) {
        pair_of_laws up = laws, down = laws;
        move(up, h);
        move(down, -h);
        return d_kl[row] * (up.kl()[row] - down.kl()[row]) / (2 * h);
      };
      for (std::uint64_t k = 0; k < classes; ++k) {
        const double allowed = 2 * (classes * ratio * ratio * ratio * h * h / 6 + rounding);
        EXPECT_NEAR(d.p.get(row, k), slope([&](auto& l, float by) { l.p.set(row, k, l.p.get(row, k) + by); }), allowed);
        EXPECT_NEAR(d.q.get(row, k), slope([&](auto& l, float by) { l.q.set(row, k, l.q.get(row, k) + by); }), allowed);
      }
      const double third = classes * std::pow(ratio * 10 / double(std::min(p_t, q_t)), 3);
      const double allowed = 2 * (third * h * h / 6 + rounding);
      EXPECT_NEAR(d.p_temperature.get(0, row), slope([&](auto& l, float by) { l.p_temperature[row] += by; }), allowed);
      EXPECT_NEAR(d.q_temperature.get(0, row), slope([&](auto& l, float by) { l.q_temperature[row] += by; }), allowed);
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
