// SPDX-License-Identifier: Apache-2.0
// Normal variates of words against long double: everything that the comments of math/normal.hpp state. The check is a
// function that returns a verdict, because it also runs on wrong ways of computing them, and must reject each.
#include <gtest/gtest.h>

#include <functional>

#include "gumbelcuda/math/normal.hpp"
#include "host/selftest/stratified_words.hpp"
#include "tests/unit/exact_normal.hpp"

namespace {

using testing::AssertionFailure, testing::AssertionResult, testing::AssertionSuccess;

constexpr double float_error = 3.5e-7, double_error = 1e-15;

struct exact_word {
  std::uint32_t word;
  long double n;
};
const std::vector<exact_word>& words() {
  static const std::vector<exact_word> all = [] {
    std::vector<exact_word> found;
    for (const std::uint32_t x : gumbelcuda::stratified_words(0x2000)) {
      const bool low = x < 0x80000000u;
      const long double n = reference::normal_quantile(((low ? x : ~x) + .5L) * 0x1p-32L);
      found.push_back({x, low ? n : -n});
    }
    return found;
  }();
  return all;
}

AssertionResult accurate(double bound, const std::function<double(std::uint32_t)>& f) {
  for (const auto& [word, exact] : words()) {
    const double n = f(word);
    if (!(std::abs(n - exact) <= bound * std::abs(exact)))
      return AssertionFailure() << n << " for " << double(exact) << " of word " << word;
  }
  return AssertionSuccess();
}

TEST(Normal, OfAWordKeepsItsPromises) {
  using gumbelcuda::normal;
  EXPECT_TRUE(accurate(float_error, normal<float>));
  EXPECT_TRUE(accurate(double_error, normal<double>));
  double before = 7;
  for (const auto& [word, exact] : words()) {
    const double n = normal<double>(word);
    ASSERT_LT(n, before) << word;
    ASSERT_EQ(normal<double>(~word), -n) << word;
    ASSERT_EQ(normal<float>(~word), -normal<float>(word)) << word;
    before = n;
  }
  for (const double end : {normal<double>(0), double(normal<float>(0))}) EXPECT_NEAR(end, 6.33796, 5e-6);
  for (const double middle : {normal<double>(0x7fffffff), double(normal<float>(0x7fffffff))})
    EXPECT_NEAR(middle, 2.918e-10, 1e-13);
}

// Φ⁻¹ at probabilities between those of words, and below the smallest of them. h is exact; 1 − 2h is rounded.
TEST(Normal, QuantileIsAccurateFarBeyondTheWords) {
  for (long double exponent = 1; exponent <= 65; exponent += 0x1p-10L) {
    const auto h = double(std::exp2(-exponent));
    const auto in_float = float(h);
    const long double exact = reference::normal_quantile(h), of_float = reference::normal_quantile(in_float);
    ASSERT_NEAR(gumbelcuda::normal_quantile(1 - 2 * h, h), double(exact), double_error * double(exact)) << h;
    ASSERT_NEAR(gumbelcuda::normal_quantile(float(1 - 2 * double(in_float)), in_float), double(of_float),
                float_error * double(of_float))
        << h;
  }
  EXPECT_EQ(gumbelcuda::normal_quantile(0., .5), 0);
  EXPECT_EQ(gumbelcuda::normal_quantile(0.f, .5f), 0);
  EXPECT_NEAR(gumbelcuda::normal_quantile(1.f, 0x1p-65f), 9.1553f, 5e-5f);
}

TEST(WrongNormal, IsRejected) {
  using gumbelcuda::normal;
  EXPECT_FALSE(accurate(float_error, [](std::uint32_t x) { return std::min(normal<float>(x), 5.5f); }));
  EXPECT_FALSE(accurate(float_error, [](std::uint32_t x) { return normal<float>(~x); }));
  EXPECT_FALSE(accurate(float_error, [](std::uint32_t x) { return normal<float>(x == 0 ? 0 : x - 1); }));
  EXPECT_FALSE(accurate(double_error, [](std::uint32_t x) { return double(normal<float>(x)); }));
  // Computed from the rounded uniform number itself, as 1 − v where v is near 1.
  EXPECT_FALSE(accurate(float_error, [](std::uint32_t x) {
    const float u = (float(x) + .5f) * 0x1p-32f, h = std::max(std::min(u, 1 - u), 0x1p-65f);
    const float n = gumbelcuda::normal_quantile(1 - 2 * h, h);
    return u < .5f ? n : -n;
  }));
}

}  // namespace
