// SPDX-License-Identifier: Apache-2.0
// The Gumbel-max trick: the winner is the class with the largest score in long double, and ties, infinities and NaN are
// decided as stated. Every check also runs on draw functions with one mistake each, and must reject them.
#include "gumbelcuda/math/categorical.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "tests/unit/random_numbers.hpp"
#include "tests/unit/reference.hpp"

namespace {

using testing::AssertionFailure, testing::AssertionResult, testing::AssertionSuccess;

template <class Real>
using draw_function = Real (*)(const Real* logits, const std::uint32_t* words, int stride, int count);

template <class Real>
Real draw(const Real* logits, const std::uint32_t* words, int stride, int count) {
  return gumbelcuda::gumbel_max(logits, words, stride, count);
}

enum class mistake { last_of_ties, starts_with_first, blind_to_nan, stops_at_nan, subtracts_noise, ignores_stride };

template <class Real, mistake Mistake>
Real wrong_draw(const Real* logits, const std::uint32_t* words, int stride, int count) {
  Real best = -INFINITY, index = Mistake == mistake::starts_with_first ? 0 : -1;
  for (int k = 0; k < count; ++k) {
    const Real g = gumbelcuda::gumbel<Real>(words[Mistake == mistake::ignores_stride ? k : k * stride]);
    const Real z = Mistake == mistake::subtracts_noise ? logits[k] - g : logits[k] + g;
    if (std::isnan(z)) {
      if (Mistake == mistake::stops_at_nan) return index;
      if (Mistake != mistake::blind_to_nan) return -1;
    }
    if (z > best || (Mistake == mistake::last_of_ties && z == best && z > -INFINITY)) {
      best = z;
      index = Real(k);
    }
  }
  return index;
}

constexpr int most_classes = 100;

// Checks draws in which the best class leads, in long double, by more than rounding can account for: the noise's error
// (2.5e-7·max(1, |g|); in double, log's 2 ulp and the exponential's 3e-16), and half a unit in the last place of either
// sum.
template <class Real>
AssertionResult draws_the_largest_score(draw_function<Real> f) {
  constexpr long double noise_error = sizeof(Real) == 4 ? 2.5e-7L : 3e-16L + 2 * 0x1p-52L;
  constexpr long double half_ulp = std::numeric_limits<Real>::epsilon() / 2;
  random_numbers random(1);
  int clear = 0, drawn = 0;
  for (const int count : {1, 2, 5, 17, most_classes})
    for (const int stride : {1, 4})
      for (const double spread : {0., 2., 1000.})
        for (int i = 0; i < 200; ++i) {
          std::vector<Real> logits(std::size_t(count), 0);
          for (Real& l : logits) l = Real(random.uniform(-spread, spread));
          const std::vector<std::uint32_t> words = random.words(std::size_t(count * stride));
          // Upper and lower bound of each class's score.
          std::vector<long double> high, low;
          for (int k = 0; k < count; ++k) {
            const long double g = reference::gumbel(words[std::size_t(k * stride)]), z = logits[std::size_t(k)] + g;
            const long double error = 1.01L * (noise_error * std::max(1.0L, std::abs(g)) + half_ulp * std::abs(z));
            high.push_back(z + error);
            low.push_back(z - error);
          }
          const auto winner = std::size_t(std::max_element(low.begin(), low.end()) - low.begin());
          high[winner] = -INFINITY;
          ++drawn;
          if (count > 1 && !(low[winner] > *std::max_element(high.begin(), high.end()))) continue;
          ++clear;
          if (const Real k = f(logits.data(), words.data(), stride, count); k != Real(winner))
            return AssertionFailure() << k << " instead of " << winner << " of " << count << ", stride " << stride;
        }
  // The largest score leads by more than x with probability e^-x or more, and x is at most 2·1000·2^-24.
  return (clear > .99 * drawn ? AssertionSuccess() : AssertionFailure()) << clear << " of " << drawn << " are clear";
}

// Some classes have equal scores, the others lower ones.
template <class Real>
AssertionResult draws_the_first_of_ties(draw_function<Real> f) {
  random_numbers random(2);
  for (int i = 0; i < 2000; ++i) {
    const std::uint32_t word = random.word();
    Real logits[most_classes];
    std::uint32_t words[most_classes];
    int first = -1;
    const int count = 1 + int(random.word() % most_classes);
    for (int k = count - 1; k >= 0; --k) {
      const bool tied = random.word() % 3 == 0 || (k == 0 && first < 0);
      logits[k] = tied ? 1 : -30;
      words[k] = tied ? word : random.word();  // −30 + 22.9 is below 1 − 3.2
      if (tied) first = k;
    }
    if (const Real k = f(logits, words, 1, count); k != Real(first))
      return AssertionFailure() << k << " instead of " << first << " of " << count;
  }
  return AssertionSuccess();
}

// Most logits are −inf, with the word of the largest noise; the remaining classes have the word of the smallest.
template <class Real>
AssertionResult never_draws_minus_infinity(draw_function<Real> f) {
  random_numbers random(3);
  for (int i = 0; i < 2000; ++i) {
    Real logits[most_classes];
    std::uint32_t words[most_classes];
    const int count = 1 + int(random.word() % most_classes);
    bool any = false;
    for (int k = 0; k < count; ++k) {
      const bool possible = random.word() % std::uint32_t(2 * count) == 0;
      logits[k] = possible ? -std::numeric_limits<Real>::max() / 2 : -INFINITY;
      words[k] = possible ? ~0u : 0;
      any |= possible;
    }
    const Real k = f(logits, words, 1, count);
    if (any ? !(k >= 0 && logits[int(k)] > -INFINITY) : k != -1) return AssertionFailure() << k << " of " << count;
  }
  return AssertionSuccess();
}

// The first class with +inf must win.
template <class Real>
AssertionResult draws_infinity(draw_function<Real> f) {
  random_numbers random(4);
  for (int i = 0; i < 2000; ++i) {
    Real logits[most_classes];
    const int count = 1 + int(random.word() % most_classes), first = int(random.word() % std::uint32_t(count));
    for (int k = 0; k < count; ++k)
      logits[k] = k == first || (k > first && random.word() % 2) ? Real(INFINITY) : Real(random.uniform(-100, 100));
    if (const Real k = f(logits, random.words(most_classes).data(), 1, count); k != Real(first))
      return AssertionFailure() << k << " instead of " << first << " of " << count;
  }
  return AssertionSuccess();
}

// One NaN, of either sign, among numbers and infinities.
template <class Real>
AssertionResult draws_nothing_beside_nan(draw_function<Real> f) {
  random_numbers random(5);
  for (const int count : {1, 2, 5, 17})
    for (int at = 0; at < count; ++at)
      for (int i = 0; i < 20; ++i) {
        Real logits[most_classes];
        for (int k = 0; k < count; ++k) {
          const Real some[] = {-INFINITY, INFINITY, 0, Real(random.uniform(-4, 4))};
          logits[k] = some[i < 10 ? 3 : random.word() % 4];
        }
        logits[at] = i % 2 ? Real(NAN) : -Real(NAN);
        if (const Real k = f(logits, random.words(most_classes).data(), 1, count); k != -1)
          return AssertionFailure() << k << " of " << count << ", NaN at " << at;
      }
  return AssertionSuccess();
}

template <class Real>
class GumbelMax : public testing::Test {};
using scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(GumbelMax, scalars);

TYPED_TEST(GumbelMax, DrawsTheLargestScore) {
  EXPECT_TRUE(draws_the_largest_score(draw<TypeParam>));
  EXPECT_FALSE((draws_the_largest_score(wrong_draw<TypeParam, mistake::subtracts_noise>)));
  EXPECT_FALSE((draws_the_largest_score(wrong_draw<TypeParam, mistake::ignores_stride>)));
}

TYPED_TEST(GumbelMax, DrawsTheLowestIndexOfTies) {
  EXPECT_TRUE(draws_the_first_of_ties(draw<TypeParam>));
  EXPECT_FALSE((draws_the_first_of_ties(wrong_draw<TypeParam, mistake::last_of_ties>)));
}

TYPED_TEST(GumbelMax, NeverDrawsMinusInfinity) {
  EXPECT_TRUE(never_draws_minus_infinity(draw<TypeParam>));
  EXPECT_FALSE((never_draws_minus_infinity(wrong_draw<TypeParam, mistake::starts_with_first>)));
}

TYPED_TEST(GumbelMax, DrawsInfinity) {
  EXPECT_TRUE(draws_infinity(draw<TypeParam>));
  EXPECT_FALSE((draws_infinity(wrong_draw<TypeParam, mistake::last_of_ties>)));
}

TYPED_TEST(GumbelMax, DrawsNothingBesideNan) {
  EXPECT_TRUE(draws_nothing_beside_nan(draw<TypeParam>));
  EXPECT_FALSE((draws_nothing_beside_nan(wrong_draw<TypeParam, mistake::blind_to_nan>)));
  EXPECT_FALSE((draws_nothing_beside_nan(wrong_draw<TypeParam, mistake::stops_at_nan>)));
}

TYPED_TEST(GumbelMax, OfASingleClass) {
  const auto of = [](TypeParam logit, std::uint32_t word) { return draw(&logit, &word, 1, 1); };
  const TypeParam largest = std::numeric_limits<TypeParam>::max();
  for (const std::uint32_t word : {0u, 1u, 0x80000000u, ~0u}) {
    for (const TypeParam logit : {TypeParam(0), TypeParam(-1e30), -largest, largest, TypeParam(INFINITY)})
      EXPECT_EQ(of(logit, word), 0) << logit;
    EXPECT_EQ(of(-INFINITY, word), -1);
    EXPECT_EQ(of(NAN, word), -1);
  }
}

TYPED_TEST(GumbelMax, OfAKnownCountIsTheSame) {
  random_numbers random(6);
  for (int i = 0; i < 1000; ++i) {
    TypeParam logits[5];
    for (TypeParam& l : logits) l = TypeParam(random.uniform(-1, 1));
    const std::vector<std::uint32_t> words = random.words(5 * 4);
    EXPECT_EQ(gumbelcuda::gumbel_max(logits, words.data(), 4, gumbelcuda::fixed<5>{}),
              draw(logits, words.data(), 4, 5));
  }
}

// --- Words shared out by probability ------------------------------------------------------------------------

struct shares {
  std::vector<std::uint32_t> first, last;
  explicit shares(const std::vector<double>& p) : first(p.size(), 7), last(p.size(), 3) {
    gumbelcuda::share_words(p.data(), int(p.size()), first.data(), last.data());
  }
  std::uint64_t words(std::size_t k) const { return first[k] <= last[k] ? std::uint64_t{last[k]} - first[k] + 1 : 0; }
};

TEST(ShareWords, GivesEveryWordToOneClassInProportion) {
  for (const std::vector<double>& p : std::vector<std::vector<double>>{{0, 0, .1, .3, .6},
                                                                       {1},
                                                                       {0, 1, 0},
                                                                       {.5, .5},
                                                                       {1. / 3, 1. / 3, 1. / 3},
                                                                       {1e-12, 1 - 1e-12},
                                                                       {.9999999, 0, 0}}) {
    const shares s(p);
    std::uint64_t next = 0;
    double cumulative = 0;
    for (std::size_t k = 0; k < p.size(); ++k) {
      cumulative += p[k];
      if (s.words(k) == 0) continue;
      EXPECT_EQ(s.first[k], next) << "class " << k;
      next += s.words(k);
      EXPECT_GT(p[k], 0);
      const bool rest = next == std::uint64_t{1} << 32;
      EXPECT_LE(rest ? 0 : std::abs(double(next) - cumulative * 0x1p32), .5);
    }
    EXPECT_EQ(next, std::uint64_t{1} << 32);
  }
  EXPECT_EQ(shares({1e-12, 1 - 1e-12}).words(0), 0u) << "less than half a word";
  EXPECT_EQ(shares({.9999999, 0, 0}).last[0], ~0u) << "what rounding leaves over goes to the last that can be drawn";
}

}  // namespace
