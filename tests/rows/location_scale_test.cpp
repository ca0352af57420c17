// SPDX-License-Identifier: Apache-2.0
// Samples location + scale·noise: their definition; the normal distribution of Gaussian noise and its tails; parameters
// of every shape; gradients against central differences.
#include "gumbelcuda/location_scale.hpp"
#include "gumbelcuda/detail/rows/location_scale.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "tests/rows/location_scale_batch.hpp"
#include "tests/unit/exact_normal.hpp"
#include "tests/unit/statistics.hpp"

namespace gumbelcuda {
namespace {

using testing_rows::all_shapes, testing_rows::both_laws, testing_rows::gradient_batch, testing_rows::infinity;
using testing_rows::not_a_number, testing_rows::parameter_batch, testing_rows::row_batch, testing_rows::same_bytes;

constexpr noise_address some_noise{.seed = 19, .first_row = 5, .offset = 16};

TEST(NormalNoise, IsThatOfItsWordAndExtensionAndOdd) {
  random_numbers random(1);
  for (int n = 0; n < 100000; ++n) {
    const std::uint32_t word = n % 3 ? random.word() : n % 2 ? random.word() % 9000 : ~(random.word() % 9000);
    const std::uint32_t extension = random.word(), folded = word_is_low(word) ? word : ~word;
    const long double low = folded < tail_words ? (extension + .5L) * 0x1p-32L : .5L;
    const long double exact = (word_is_low(word) ? 1 : -1) * reference::normal_quantile((folded + low) * 0x1p-32L);
    ASSERT_NEAR(normal<float>(word, extension), double(exact), 3.5e-7 * double(std::abs(exact)));
    ASSERT_NEAR(normal<double>(word, extension), double(exact), 1e-15 * double(std::abs(exact)));
    ASSERT_EQ(normal<float>(~word, extension), -normal<float>(word, extension));
    if (folded > 0) {
      ASSERT_GT(normal<double>(folded - 1, ~0u), normal<double>(folded, 0)) << folded;
    }
  }
  EXPECT_NEAR(normal<double>(0, 0), 9.15529, 5e-6);
  EXPECT_NEAR(normal<float>(0, 0), 9.15529f, 5e-6f);
}

struct variables {
  number_type type;
  noise_law law;
  std::uint64_t rows, classes;
  parameter_batch location, scale;

  variables(number_type t, noise_law l, parameter_shape of_location, parameter_shape of_scale, std::uint64_t r,
            std::uint64_t c)
      : type(t), law(l), rows(r), classes(c), location(t, of_location, r, c, c + 3), scale(t, of_scale, r, c) {
    location.fill(2, -3, 3);
    scale.fill(3, 0, 2);
  }
  row_batch sample(const noise_address& noise = some_noise) {
    row_batch x(type, rows, classes);
    location_scale_sample({.rows = rows,
                           .classes = classes,
                           .type = type,
                           .law = law,
                           .noise = noise,
                           .location = location.in(),
                           .scale = scale.in(),
                           .sample = x.out()});
    return x;
  }
};

// The noise alone.
row_batch noise_of(number_type type, noise_law law, std::uint64_t rows, std::uint64_t classes,
                   const noise_address& noise) {
  variables of(type, law, parameter_shape::one_for_all, parameter_shape::one_for_all, rows, classes);
  of.location.set(0, 0, 0);
  of.scale.set(0, 0, 1);
  return of.sample(noise);
}

TEST(LocationScale, OfStandardParametersIsTheNoise) {
  for (const number_type type : {number_type::float32, number_type::float64}) {
    const row_batch g = testing_rows::noise_of(type, 9, 1000, some_noise);
    EXPECT_TRUE(same_bytes(g, noise_of(type, noise_law::gumbel, 9, 1000, some_noise)));
    // One word gives either number, and both decrease as the word grows.
    const row_batch n = noise_of(type, noise_law::gaussian, 9, 1000, some_noise);
    for (std::uint64_t row = 0; row < 9; ++row) {
      std::vector<std::uint64_t> order(1000);
      std::iota(order.begin(), order.end(), 0);
      std::sort(order.begin(), order.end(), [&](auto a, auto b) { return g.get(row, a) < g.get(row, b); });
      for (std::size_t i = 1; i < order.size(); ++i) EXPECT_LE(n.get(row, order[i - 1]), n.get(row, order[i]));
    }
  }
}

TEST(LocationScale, IsLocationPlusScaleTimesNoiseRoundedOnce) {
  for (const number_type type : testing_rows::all_types)
    for (const noise_law law : both_laws)
      for (const parameter_shape of_location : all_shapes)
        for (const parameter_shape of_scale : all_shapes) {
          variables v(type, law, of_location, of_scale, 7, 37);
          row_batch expected(type, 7, 37);
          const row_batch e = noise_of(testing_rows::computed_type(type), law, 7, 37, some_noise);
          for (std::uint64_t row = 0; row < 7; ++row)
            for (std::uint64_t k = 0; k < 37; ++k) {
              const double location = v.location.get(row, k), scale = v.scale.get(row, k), noise = e.get(row, k);
              expected.set(row, k,
                           type == number_type::float64 ? std::fma(scale, noise, location)
                                                        : std::fma(float(scale), float(noise), float(location)));
            }
          EXPECT_TRUE(same_bytes(expected, v.sample())) << testing_rows::name_of(type);
        }
}

TEST(LocationScale, SpecialParameters) {
  for (const number_type type : testing_rows::all_types)
    for (const noise_law law : both_laws) {
      variables v(type, law, parameter_shape::per_element, parameter_shape::per_row, 5, 6);
      const double scales[] = {0, -1, infinity, not_a_number, 1};
      for (std::uint64_t row = 0; row < 5; ++row) v.scale.set(row, 0, scales[row]);
      v.location.set(0, 1, -infinity);
      v.location.set(4, 2, not_a_number);
      const row_batch x = v.sample();
      for (std::uint64_t k = 0; k < 6; ++k) {
        EXPECT_EQ(x.get(0, k), v.location.get(0, k));
        for (std::uint64_t row = 1; row < 4; ++row) EXPECT_TRUE(std::isnan(x.get(row, k)));
        EXPECT_EQ(std::isnan(x.get(4, k)), k == 2);
      }
    }
}

// 2^18 draws. Kolmogorov-Smirnov, moments and both tails, each at the level statistics::alpha, which is 4.9 standard
// deviations of a moment. Noise that is shifted by 0.02 or stretched by 3% must be rejected.
TEST(LocationScale, GaussianNoiseIsNormal) {
  constexpr std::uint64_t rows = 512, classes = 512;
  constexpr double count = rows * classes;
  for (const number_type type : {number_type::float32, number_type::float64}) {
    const row_batch e = noise_of(type, noise_law::gaussian, rows, classes, some_noise);
    std::vector<double> n;
    for (std::uint64_t row = 0; row < rows; ++row)
      for (const double x : numbers_of(e, row)) n.push_back(x);
    std::sort(n.begin(), n.end());
    const auto is_normal = [&](double shift, double stretch) {
      double distance = 0, moments[5] = {};
      for (std::size_t i = 0; i < n.size(); ++i) {
        const double x = shift + stretch * n[i], p = .5 * std::erfc(-x * std::sqrt(.5));
        distance = std::max({distance, double(i + 1) / count - p, p - double(i) / count});
        for (int m = 1; m < 5; ++m) moments[m] += std::pow(x, m) / count;
      }
      // The variances of x, x², x³, x⁴ are 1, 2, 15, 96.
      const double mean[] = {0, 0, 1, 0, 3}, variance[] = {0, 1, 2, 15, 96};
      bool right = distance < statistics::kolmogorov_critical(count);
      for (int m = 1; m < 5; ++m)
        right = right && std::abs(moments[m] - mean[m]) < 4.9 * std::sqrt(variance[m] / count);
      return right;
    };
    EXPECT_TRUE(is_normal(0, 1));
    EXPECT_FALSE(is_normal(.02, 1));
    EXPECT_FALSE(is_normal(0, 1.03));
    for (const double far : {3., 4.}) {
      const auto below = std::uint64_t(std::lower_bound(n.begin(), n.end(), -far) - n.begin());
      const auto above = std::uint64_t(n.end() - std::upper_bound(n.begin(), n.end(), far));
      const long double p = .5L * std::erfc(far * std::sqrt(.5L));
      EXPECT_TRUE(statistics::binomial_agrees(below, rows * classes, p)) << below;
      EXPECT_TRUE(statistics::binomial_agrees(above, rows * classes, p)) << above;
    }
  }
}

// Central differences of L = Σ d_sample·sample in double, for the numbers of each row. L is linear, so only rounding
// errors remain: 2^-53 of sums below 46·2·37 and of the shifted arguments, over h.
TEST(LocationScaleVjp, AreSlopes) {
  constexpr double h = 0x1p-8;
  constexpr std::uint64_t rows = 5, classes = 37;
  for (const noise_law law : both_laws)
    for (const parameter_shape shape : all_shapes) {
      variables v(number_type::float64, law, shape, shape, rows, classes);
      row_batch d_sample(v.type, rows, classes);
      random_numbers random(6);
      for (std::uint64_t row = 0; row < rows; ++row)
        for (std::uint64_t k = 0; k < classes; ++k) d_sample.set(row, k, random.uniform(-2, 2));
      gradient_batch d_location(v.type, shape, rows, classes, classes + 1), d_scale(v.type, shape, rows, classes);
      location_scale_sample_vjp({.rows = rows,
                                 .classes = classes,
                                 .type = v.type,
                                 .law = law,
                                 .noise = some_noise,
                                 .d_sample = d_sample.in(),
                                 .d_location = d_location.out(),
                                 .d_scale = d_scale.out()});
      const auto objective = [&](variables& moved, std::uint64_t row, std::uint64_t first, std::uint64_t last) {
        const row_batch x = moved.sample();
        double sum = 0;
        for (std::uint64_t k = first; k < last; ++k) sum += d_sample.get(row, k) * x.get(row, k);
        return sum;
      };
      for (std::uint64_t row = 0; row < rows; ++row) {
        const std::size_t count = d_location.of_row(row).size();
        EXPECT_EQ(count, shape == parameter_shape::per_element ? classes : 1);
        for (std::size_t i = 0; i < count; ++i) {
          const std::uint64_t last = count == 1 ? classes : i + 1;
          const auto slope = [&](parameter_batch variables::*of) {
            variables up = v, down = v;
            (up.*of).set(row, i, (v.*of).get(row, i) + h);
            (down.*of).set(row, i, (v.*of).get(row, i) - h);
            return (objective(up, row, i, last) - objective(down, row, i, last)) / (2 * h);
          };
          EXPECT_NEAR(d_location.of_row(row)[i], slope(&variables::location), 1e4 * 0x1p-53 / h);
          EXPECT_NEAR(d_scale.of_row(row)[i], slope(&variables::scale), 1e4 * 0x1p-53 / h);
        }
      }
    }
}

// Each derivative alone, and written over d_sample.
TEST(LocationScaleVjp, WritesWhatIsAskedForInPlaceToo) {
  for (const number_type type : testing_rows::all_types)
    for (const noise_law law : both_laws) {
      const parameter_batch filled = parameter_batch(type, parameter_shape::per_element, 4, 21).fill(7, -1, 1);
      row_batch d_sample = parameter_batch(filled).numbers(), d_scale = row_batch(type, 4, 21), d_location = d_scale;
      location_scale_sample_vjp_task task{
          .rows = 4, .classes = 21, .type = type, .law = law, .noise = some_noise, .d_sample = d_sample.in()};
      const auto to = [](row_batch& rows) { return mutable_parameter{rows.out().data}; };
      task.d_scale = to(d_scale);
      location_scale_sample_vjp(task);
      task.d_scale = {};
      task.d_location = to(d_location);
      location_scale_sample_vjp(task);
      EXPECT_TRUE(same_bytes(d_sample, d_location));
      task.d_scale = to(d_sample);
      location_scale_sample_vjp(task);
      EXPECT_TRUE(same_bytes(d_sample, d_scale));
    }
}

}  // namespace
}  // namespace gumbelcuda
