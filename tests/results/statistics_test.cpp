// SPDX-License-Identifier: Apache-2.0
// The statistics against simple loops: in long double for the values, and in the documented order of summation for the
// exact bytes, which every backend of parallel.hpp must give.
#include "host/results/statistics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "host/results/summarise.hpp"
#include "tests/results/example_fleet.hpp"

namespace {

using gumbelcuda::collect;
using gumbelcuda::fleet_result;
using gumbelcuda::fleet_statistics;

constexpr float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();

fleet_result fleet_of(std::vector<float> distribution, int classes) {
  fleet_result fleet;
  fleet.num_gans = distribution.size() / static_cast<std::size_t>(classes);
  fleet.classes = classes;
  fleet.distribution = std::move(distribution);
  return fleet;
}

// The documented order, implemented a second time: each 4096 terms from left to right, then their sums.
double chunked_sum(const std::vector<double>& terms) {
  double total = 0;
  for (std::size_t begin = 0; begin < terms.size(); begin += 4096) {
    double chunk = 0;
    for (std::size_t i = begin; i < std::min(terms.size(), begin + 4096); ++i) chunk += terms[i];
    total += chunk;
  }
  return total;
}

void expect_same_bytes(const fleet_statistics& a, const fleet_statistics& b) {
  EXPECT_EQ(a.mean, b.mean);
  EXPECT_EQ(a.stddev, b.stddev);
  EXPECT_EQ(a.quantile_05, b.quantile_05);
  EXPECT_EQ(a.median, b.median);
  EXPECT_EQ(a.quantile_95, b.quantile_95);
  EXPECT_EQ(a.mean_total_variation, b.mean_total_variation);
  EXPECT_EQ(a.max_total_variation, b.max_total_variation);
  EXPECT_EQ(a.mean_kl, b.mean_kl);
  EXPECT_EQ(a.converged, b.converged);
}

// Adding 4096 + 8 numbers one after another has an error of at most 4104·2⁻⁵³ of a sum of positive terms.
constexpr double rounding = 4104 * 0x1p-53;

TEST(statistics, agree_with_long_double_loops) {
  const auto config = example_config(30'011);
  const auto fleet = example_result(config);
  const auto found = collect(fleet, config.target, .4);
  const std::size_t n = fleet.num_gans, classes = 5;
  const auto p = [&](std::size_t gan, std::size_t k) -> long double { return fleet.distribution[gan * classes + k]; };
  for (std::size_t k = 0; k < classes; ++k) {
    long double sum = 0, squares = 0;
    for (std::size_t gan = 0; gan < n; ++gan) sum += p(gan, k);
    const long double mean = sum / n;
    for (std::size_t gan = 0; gan < n; ++gan) squares += (p(gan, k) - mean) * (p(gan, k) - mean);
    EXPECT_NEAR(found.mean[k], static_cast<double>(mean), rounding);
    EXPECT_NEAR(found.stddev[k], static_cast<double>(std::sqrt(squares / (n - 1))), rounding);
  }
  long double variation = 0, largest = 0, divergence = 0;
  std::uint64_t converged = 0;
  for (std::size_t gan = 0; gan < n; ++gan) {
    long double tv = 0, kl = 0;
    for (std::size_t k = 0; k < classes; ++k) {
      const long double t = config.target[k];
      tv += std::abs(p(gan, k) - t) / 2;
      if (t > 0) kl += t * std::log(t / p(gan, k));
    }
    variation += tv, divergence += kl;
    largest = std::max(largest, tv);
    converged += tv <= .4L;
  }
  EXPECT_NEAR(found.mean_total_variation, static_cast<double>(variation / n), rounding);
  EXPECT_NEAR(found.max_total_variation, static_cast<double>(largest), 1e-15);
  EXPECT_NEAR(found.mean_kl, static_cast<double>(divergence / n), 2 * rounding);
  EXPECT_EQ(found.converged, converged);
  EXPECT_GT(converged, 0u);
  EXPECT_LT(converged, n);
  EXPECT_EQ(found.tolerance, .4);
  EXPECT_EQ(found.diverged, 0u);
}

TEST(statistics, are_the_bytes_of_the_documented_order) {
  for (const std::uint64_t n : {1, 2, 4095, 4096, 4097, 100'003}) {
    const auto config = example_config(n);
    const auto fleet = example_result(config, static_cast<unsigned>(n));
    const auto found = collect(fleet, config.target);
    for (std::size_t k = 0; k < 5; ++k) {
      std::vector<double> terms;
      for (std::size_t gan = 0; gan < n; ++gan) terms.push_back(fleet.distribution[gan * 5 + k]);
      const double mean = chunked_sum(terms) / static_cast<double>(n);
      for (double& term : terms) term = (term - mean) * (term - mean);
      EXPECT_EQ(found.mean[k], mean);
      EXPECT_EQ(found.stddev[k], n == 1 ? 0 : std::sqrt(chunked_sum(terms) / static_cast<double>(n - 1)));
    }
    const auto variation = gumbelcuda::total_variation(fleet.distribution, 5, config.target);
    const auto divergence = gumbelcuda::kl_divergence(fleet.distribution, 5, config.target);
    EXPECT_EQ(found.mean_total_variation, chunked_sum(variation) / static_cast<double>(n));
    EXPECT_EQ(found.max_total_variation, *std::max_element(variation.begin(), variation.end()));
    EXPECT_EQ(found.mean_kl, chunked_sum(divergence) / static_cast<double>(n));
  }
}

TEST(statistics, quantiles_lie_linearly_between_neighbours) {
  // 0/64 … 20/64, shuffled: of 21 values, the 5 % quantile is the second, the 95 % quantile the last but one.
  std::vector<float> distribution;
  for (int i = 0; i < 21; ++i) {
    const float p = static_cast<float>(i * 8 % 21) / 64;
    distribution.insert(distribution.end(), {p, 1 - p});
  }
  auto found = collect(fleet_of(distribution, 2), {.5, .5});
  EXPECT_DOUBLE_EQ(found.quantile_05[0], 1. / 64);
  EXPECT_DOUBLE_EQ(found.median[0], 10. / 64);
  EXPECT_DOUBLE_EQ(found.quantile_95[0], 19. / 64);
  EXPECT_DOUBLE_EQ(found.quantile_05[1], 45. / 64);
  found = collect(fleet_of({.25f, .75f, .5f, .5f}, 2), {.5, .5});
  EXPECT_DOUBLE_EQ(found.quantile_05[0], .2625);
  EXPECT_DOUBLE_EQ(found.median[0], .375);
  EXPECT_DOUBLE_EQ(found.quantile_95[0], .4875);
}

TEST(statistics, distances_of_known_pairs) {
  const std::vector<float> distribution{.5f, .5f, .25f, .75f, 1, 0, 0, 1};
  const auto variation = gumbelcuda::total_variation(distribution, 2, {.5, .5});
  EXPECT_EQ(variation, (std::vector<double>{0, .25, .5, .5}));
  const auto divergence = gumbelcuda::kl_divergence(distribution, 2, {.5, .5});
  EXPECT_EQ(divergence[0], 0);
  EXPECT_NEAR(divergence[1], std::log(2) - std::log(3) / 2, 1e-15);
  EXPECT_EQ(divergence[2], infinity);
  // A class that the target never has does not count, whatever was learned.
  EXPECT_EQ(gumbelcuda::kl_divergence(distribution, 2, {1, 0})[2], 0);
  EXPECT_NEAR(gumbelcuda::kl_divergence(distribution, 2, {1, 0})[1], std::log(4), 1e-15);
}

TEST(statistics, tolerance_is_inclusive) {
  const auto fleet = fleet_of({.5f, .5f, .25f, .75f, .125f, .875f}, 2);
  EXPECT_EQ(collect(fleet, {.5, .5}, 0).converged, 1u);
  EXPECT_EQ(collect(fleet, {.5, .5}, .2499).converged, 1u);
  EXPECT_EQ(collect(fleet, {.5, .5}, .25).converged, 2u);
  EXPECT_EQ(collect(fleet, {.5, .5}, 1).converged, 3u);
}

TEST(statistics, diverged_gans_are_counted_and_left_out) {
  const auto config = example_config(9'001);
  const auto healthy = example_result(config);
  auto mixed = healthy;
  const auto insert = [&](std::size_t gan, std::vector<float> row) {
    mixed.distribution.insert(mixed.distribution.begin() + static_cast<std::ptrdiff_t>(gan * 5), row.begin(),
                              row.end());
  };
  insert(0, {nan, nan, nan, nan, nan});
  insert(4'096, {.1f, .2f, nan, .3f, .4f});
  insert(9'003, {infinity, 0, 0, 0, 0});
  mixed.num_gans += 3;
  const auto found = collect(mixed, config.target), expected = collect(healthy, config.target);
  EXPECT_EQ(found.diverged, 3u);
  expect_same_bytes(found, expected);
}

TEST(statistics, of_no_gan_do_not_exist) {
  for (const auto& fleet : {fleet_of({nan, nan, nan, nan}, 2), fleet_of({}, 2)}) {
    const auto found = collect(fleet, {.5, .5});
    EXPECT_EQ(found.diverged, fleet.num_gans);
    EXPECT_EQ(found.converged, 0u);
    for (const auto* values : {&found.mean, &found.stddev, &found.quantile_05, &found.median, &found.quantile_95}) {
      ASSERT_EQ(values->size(), 2u);
      EXPECT_TRUE(std::isnan(values->front()));
    }
    EXPECT_TRUE(std::isnan(found.mean_total_variation) && std::isnan(found.max_total_variation));
    EXPECT_TRUE(std::isnan(found.mean_kl));
  }
}

// On a machine without a device, the host computes them.
TEST(statistics, on_a_device_are_the_same_bytes) {
  for (const std::uint64_t n : {1, 2, 4'097, 100'003}) {
    const auto config = example_config(n);
    auto fleet = example_result(config, static_cast<unsigned>(n));
    if (n > 2) fleet.distribution[7] = nan;
    const auto found = gumbelcuda::collect_on_device(fleet, config.target, .4, 0);
    expect_same_bytes(found, collect(fleet, config.target, .4));
    EXPECT_EQ(found.diverged, n > 2 ? 1u : 0u);
  }
  // The target has a class to which a GAN gives probability 0: the divergence is +inf, on both.
  const auto fleet = fleet_of({1, 0, .5f, .5f}, 2);
  EXPECT_EQ(gumbelcuda::collect_on_device(fleet, {.5, .5}, .1, 0).mean_kl, infinity);
  EXPECT_THROW(gumbelcuda::collect_on_device(fleet, {1}, .1, 0), gumbelcuda::invalid_argument);
}

TEST(statistics, sizes_must_fit) {
  EXPECT_THROW(collect(fleet_of({.5f, .5f}, 2), {1}), gumbelcuda::invalid_argument);
  EXPECT_THROW(collect(fleet_of({.5f, .5f, .5f}, 2), {.5, .5}), gumbelcuda::invalid_argument);
  EXPECT_THROW(gumbelcuda::total_variation({}, 0, {}), gumbelcuda::invalid_argument);
}

// Several blocks of distributions, and several passes over them; some GANs have diverged. The other way is a device's.
TEST(statistics, of_blocks_are_those_of_the_whole) {
  using algorithms = gumbelcuda::parallel::standard_algorithms;
  const auto config = example_config(250'007);
  auto fleet = example_result(config);
  static_assert(250'007 * 5 * sizeof(float) > gumbelcuda::block_bytes_of_source);
  for (const std::size_t gan : {0u, 77u, 209'714u, 209'715u, 250'006u}) fleet.distribution[5 * gan + gan % 5] = nan;
  gumbelcuda::summary::sample_in_memory<algorithms> whole(fleet.distribution, config.target);
  const fleet_statistics expected = gumbelcuda::summary::collect<algorithms>(whole, 5, .4);
  EXPECT_EQ(expected.diverged, 5u);
  for (const std::uint64_t class_bytes : {1u, 2'500'000u, 1u << 27})  // one class at a time, two, all
    expect_same_bytes(collect(gumbelcuda::rows_of(fleet), config.target, .4, class_bytes), expected);
}

}  // namespace
