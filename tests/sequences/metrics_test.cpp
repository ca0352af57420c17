// SPDX-License-Identifier: Apache-2.0
// The metrics of a law, for laws whose metrics are known.
#include "examples/sequences/metrics.hpp"

#include <gtest/gtest.h>

namespace gumbelcuda::example {
namespace {

// Sums and quotients of a few numbers near 1.
constexpr double rounding = 1e-15;

const std::vector<double> target{.5, .25, .25};
const std::vector<int> kinds{0, 1, 1};

TEST(LawMetrics, OfTheTargetItself) {
  const law_metrics m = metrics_of(target, target.data(), kinds, 2);
  EXPECT_EQ(m.mass, 1);
  EXPECT_EQ(m.kl, 0);
  EXPECT_EQ(m.reverse_kl, 0);
  EXPECT_EQ(m.total_variation, 0);
  EXPECT_EQ(m.coverage, 1);
  EXPECT_EQ(m.strings, 3);
  EXPECT_NEAR(m.entropy, 1.5 * std::log(2.), rounding);
  EXPECT_EQ(m.most_likely, .5);
  EXPECT_EQ(m.kinds, (std::vector<double>{.5, .5}));
}

TEST(LawMetrics, OfALawThatIsWrongHalfOfTheTime) {
  const std::vector<double> law{.25, .125, .125};
  const law_metrics m = metrics_of(target, law.data(), kinds, 2);
  EXPECT_EQ(m.mass, .5);
  EXPECT_NEAR(m.kl, std::log(2.), rounding);
  EXPECT_EQ(m.reverse_kl, 0);
  EXPECT_EQ(m.total_variation, .5);
  EXPECT_NEAR(m.entropy, 1.5 * std::log(2.), rounding);
}

TEST(LawMetrics, OfALawThatLacksAString) {
  const std::vector<float> law{.5, .25, 0};
  const law_metrics m = metrics_of(target, law.data(), kinds, 2);
  EXPECT_EQ(m.mass, .75);
  EXPECT_NEAR(m.kl, .25 * std::log(.25 / 0x1p-126), 100 * rounding);
  EXPECT_NEAR(m.reverse_kl, std::log(4. / 3), rounding);
  EXPECT_EQ(m.total_variation, .25);
  EXPECT_EQ(m.coverage, .75);
  EXPECT_EQ(m.strings, 2);
  EXPECT_NEAR(m.entropy, std::log(3.) - 2. / 3 * std::log(2.), rounding);
  EXPECT_NEAR(m.most_likely, 2. / 3, rounding);
}

TEST(LawMetrics, OfALawThatHasCollapsed) {
  const std::vector<double> law{0, 1, 0};
  const law_metrics m = metrics_of(target, law.data(), kinds, 2);
  EXPECT_EQ(m.mass, 1);
  EXPECT_EQ(m.entropy, 0);
  EXPECT_EQ(m.most_likely, 1);
  EXPECT_EQ(m.coverage, .25);
  EXPECT_EQ(m.total_variation, .75);
}

TEST(LawMetrics, OfADivergedTrainingAreNoNumbers) {
  const std::vector<float> law(3, std::nanf(""));
  const law_metrics m = metrics_of(target, law.data(), kinds, 2);
  for (const double x :
       {m.mass, m.kl, m.reverse_kl, m.total_variation, m.coverage, m.strings, m.entropy, m.most_likely})
    EXPECT_TRUE(std::isnan(x));
}

TEST(LawMetrics, OfALawOfWrongStringsAlone) {
  const std::vector<double> law(3);
  const law_metrics m = metrics_of(target, law.data(), kinds, 2);
  EXPECT_EQ(m.mass, 0);
  EXPECT_EQ(m.total_variation, 1);
  EXPECT_TRUE(std::isnan(m.reverse_kl));
  EXPECT_EQ(m.entropy, 0);
}

TEST(Quantile, LiesBetweenTwoValues) {
  EXPECT_EQ(quantile({3}, .25), 3);
  EXPECT_EQ(quantile({4, 1, 2}, .5), 2);
  EXPECT_EQ(quantile({4, 1, 2, 3}, .5), 2.5);
  EXPECT_EQ(quantile({4, 1, 2, 3}, .25), 1.75);
  EXPECT_EQ(quantile({std::nan(""), 1, 2}, .5), 2) << "what diverged is worse than all else";
}

}  // namespace
}  // namespace gumbelcuda::example
