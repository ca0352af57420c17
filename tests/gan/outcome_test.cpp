// SPDX-License-Identifier: Apache-2.0
// Fleets learn what the reference program learns: each class's mean and standard deviation over a fleet
// against 400 runs of the reference (tests/reference/outcome.cpp, its output in outcome.txt).
//
// Means: z = (m₁ − m₂)/√(s₁²/n₁ + s₂²/n₂). Standard deviations: z = (s₁² − s₂²)/√(v₁ + v₂) with
// v = (μ₄ − s⁴)/n, the variance of a sample variance. Both near standard normal for these n; |z| < 5.5, a two-sided
// α of 4e-8 each, 1e-6 for all of them together. Seeds are fixed.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include "gumbelcuda/fleet.hpp"
#include "tests/reference/cases.hpp"

namespace {

struct moments {
  double runs, mean, stddev, fourth;
};

std::map<std::string, std::vector<moments>> read_outcome() {
  std::map<std::string, std::vector<moments>> outcome;
  std::ifstream file(std::string(GUMBELCUDA_TEST_DATA) + "/outcome.txt");
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string name;
    int k;
    moments m;
    if (line[0] != '#' && fields >> name >> m.runs >> k >> m.mean >> m.stddev >> m.fourth) outcome[name].push_back(m);
  }
  return outcome;
}

// As many GANs as a slow build trains in a reasonable time; the test's power grows with them.
std::uint64_t fleet_size() {
#ifdef __SANITIZE_ADDRESS__
  return 32;
#else
  return gumbelcuda::cpu_targets().front() == "scalar" ? 64 : 1024;
#endif
}

moments moments_of(const gumbelcuda::fleet_result& result, std::size_t k) {
  const double n = double(result.num_gans);
  const auto classes = std::size_t(result.classes);
  moments m{n, 0, 0, 0};
  for (std::size_t i = 0; i < result.num_gans; ++i) m.mean += double(result.distribution[i * classes + k]) / n;
  double square = 0;
  for (std::size_t i = 0; i < result.num_gans; ++i) {
    const double d = double(result.distribution[i * classes + k]) - m.mean;
    square += d * d / (n - 1);
    m.fourth += d * d * d * d / n;
  }
  m.stddev = std::sqrt(square);
  return m;
}

class Outcome : public testing::TestWithParam<int> {};

TEST_P(Outcome, MeansAndStandardDeviationsAreTheReferences) {
  const reference::named_case c = reference::cases()[std::size_t(GetParam())];
  const std::vector<moments> expected = read_outcome()[c.name];
  ASSERT_EQ(expected.size(), c.s.target.size());

  gumbelcuda::fleet_config config;
  config.num_gans = fleet_size();
  config.target = c.s.target;
  config.epochs = c.s.epochs;
  config.steps_per_epoch = c.s.steps_per_epoch;
  config.batch_size = c.s.batch_size;
  config.generator_steps = c.s.generator_steps;
  config.temperature = {float(c.s.temperature)};
  config.generator_learning_rate = config.discriminator_learning_rate = {float(c.s.learning_rate)};
  const gumbelcuda::fleet_result result = gumbelcuda::train_fleet(config);

  for (std::size_t k = 0; k < expected.size(); ++k) {
    const moments a = moments_of(result, k), &b = expected[k];
    const auto variance = [](const moments& m) { return m.stddev * m.stddev; };
    const auto variance_of_variance = [&](const moments& m) {
      return (m.fourth - variance(m) * variance(m)) / m.runs;
    };
    const double z_mean = (a.mean - b.mean) / std::sqrt(variance(a) / a.runs + variance(b) / b.runs);
    const double z_variance =
        (variance(a) - variance(b)) / std::sqrt(variance_of_variance(a) + variance_of_variance(b));
    EXPECT_LT(std::abs(z_mean), 5.5) << c.name << " class " << k << ": mean " << a.mean << ", reference " << b.mean;
    EXPECT_LT(std::abs(z_variance), 5.5)
        << c.name << " class " << k << ": stddev " << a.stddev << ", reference " << b.stddev;
  }
}

INSTANTIATE_TEST_SUITE_P(ArticleSoftAndWide, Outcome, testing::Range(0, 3), [](const auto& which) {
  return reference::cases()[std::size_t(which.param)].name;
});

}  // namespace
