// SPDX-License-Identifier: Apache-2.0
// What is said of a generator of text: n-grams and their models by hand, probabilities against an LSTM of their own,
// and the sequences that it writes against these probabilities.
#include "examples/sequences/text_metrics.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "examples/sequences/generator_law.hpp"

namespace gumbelcuda::example {
namespace {

// Sums and quotients of a few numbers near 1, and their logarithms.
constexpr double rounding = 1e-14;
constexpr std::uint8_t a = 0, b = 1, c = 2;
using symbols = std::vector<std::uint8_t>;

TEST(Ngrams, AreCountedWithinSequences) {
  const symbols abab_cabb{a, b, a, b, c, a, b, b};
  const std::vector<double> one = ngram_counts(abab_cabb, 4, 1), two = ngram_counts(abab_cabb, 4, 2),
                            three = ngram_counts(abab_cabb, 4, 3), whole = ngram_counts(abab_cabb, 8, 2);
  ASSERT_EQ(one.size(), 30u);
  ASSERT_EQ(two.size(), 900u);
  ASSERT_EQ(three.size(), 27000u);
  EXPECT_EQ((std::vector<double>(one.begin(), one.begin() + 4)), (std::vector<double>{3, 4, 1, 0}));
  EXPECT_EQ(two[30 * a + b], 3);
  EXPECT_EQ(two[30 * b + a], 1);
  EXPECT_EQ(two[30 * b + b], 1);
  EXPECT_EQ(two[30 * c + a], 1);
  EXPECT_EQ(two[30 * b + c], 0) << "across two sequences";
  EXPECT_EQ(whole[30 * b + c], 1);
  EXPECT_EQ(three[900 * a + 30 * b + a], 1);
  EXPECT_EQ(three[900 * b + 30 * a + b], 1);
  EXPECT_EQ(three[900 * c + 30 * a + b], 1);
  EXPECT_EQ(three[900 * a + 30 * b + b], 1);
  EXPECT_EQ(std::accumulate(three.begin(), three.end(), 0.), 4);
}

// ab and cb as 2-grams: {1} and {1}; 1-grams {1/2, 1/2, 0} and {0, 1/2, 1/2}.
TEST(Ngrams, HaveTheirTotalVariation) {
  const symbols ab{a, b}, cb{c, b}, ababcb{a, b, a, b, c, b};
  EXPECT_EQ(total_variation(ngram_counts(ab, 2, 1), ngram_counts(cb, 2, 1)), .5);
  EXPECT_EQ(total_variation(ngram_counts(ab, 2, 2), ngram_counts(cb, 2, 2)), 1);
  EXPECT_EQ(total_variation(ngram_counts(ab, 2, 2), ngram_counts(ab, 2, 2)), 0);
  // {ab: 2/3, cb: 1/3} and {ab: 1}.
  EXPECT_NEAR(total_variation(ngram_counts(ababcb, 2, 2), ngram_counts(ab, 2, 2)), 1. / 3, rounding);
}

// The text abab, in which a is followed by b twice and b by a once.
TEST(Ngrams, PredictASequence) {
  const symbols abab{a, b, a, b};
  const double p_ab = (2 + 5 / 30.) / (4 + 5), p_c = (0 + 5 / 30.) / (4 + 5), b_after_a = (2 + 5 * p_ab) / (2 + 5),
               a_after_b = (1 + 5 * p_ab) / (1 + 5), c_after_b = (5 * p_c) / (1 + 5);
  EXPECT_NEAR(ngram_model(abab, 1).bits({a, b, c}, 3), -(2 * std::log2(p_ab) + std::log2(p_c)) / 3, rounding);
  EXPECT_NEAR(ngram_model(abab, 2).bits({a, b, c}, 3), -std::log2(p_ab * b_after_a * c_after_b) / 3, rounding);
  EXPECT_NEAR(ngram_model(abab, 2).bits({b, a, a, b}, 2), -std::log2(p_ab * a_after_b * p_ab * b_after_a) / 4, rounding)
      << "nothing is known at a sequence's beginning";
}

using network = sequences::generator<2, 4, 3>;  // 4^3 sequences
constexpr int units = 2, kinds = 4, count = 64;

std::vector<float> weights() {
  std::vector<float> w(network::parameters);
  for (std::size_t n = 0; n < w.size(); ++n) w[n] = 1.5f * float(std::sin(1. + 7. * double(n)));
  return w;
}
symbols sequence(int number) {
  return {std::uint8_t(number / 16), std::uint8_t(number / 4 % 4), std::uint8_t(number % 4)};
}

// By the LSTM's equations, one sequence at a time.
double probability(const std::vector<float>& w, const symbols& of, double alpha) {
  std::vector<double> input(kinds, 0), h(units, 0), cell(units, 0);
  double p = 1;
  for (const std::uint8_t symbol : of) {
    std::vector<double> next(units);
    for (int j = 0; j < units; ++j) {
      double z[4];
      for (int gate = 0; gate < 4; ++gate) {
        const float* const row = &w[std::size_t((gate * units + j) * (kinds + units + 1))];
        z[gate] = double(row[kinds + units]);
        for (int k = 0; k < kinds; ++k) z[gate] += double(row[k]) * input[std::size_t(k)];
        for (int i = 0; i < units; ++i) z[gate] += double(row[kinds + i]) * h[std::size_t(i)];
      }
      const auto sigmoid = [](double x) { return 1 / (1 + std::exp(-x)); };
      double& state = cell[std::size_t(j)];
      state = sigmoid(z[1]) * state + sigmoid(z[0]) * std::tanh(z[2]);
      next[std::size_t(j)] = sigmoid(z[3]) * std::tanh(state);
    }
    h = next;
    double total = 0, chosen = 0;
    for (int k = 0; k < kinds; ++k) {
      const float* const row = &w[std::size_t(4 * units * (kinds + units + 1) + k * (units + 1))];
      const double logit = double(row[units]) + double(row[0]) * h[0] + double(row[1]) * h[1];
      total += std::exp(logit / alpha);
      if (k == symbol) chosen = std::exp(logit / alpha);
    }
    p *= chosen / total;
    input.assign(kinds, 0);
    input[symbol] = 1;
  }
  return p;
}

#ifdef __AVX2__
#define SKIP_WITHOUT_AVX2 \
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) GTEST_SKIP() << "a processor without AVX2"
#else
#define SKIP_WITHOUT_AVX2
#endif

// In floats: some 40 roundings of 2^-24 of numbers up to 4 for each of 3 symbols.
TEST(GeneratorLaw, IsThatOfAnLstmForAllSequences) {
  SKIP_WITHOUT_AVX2;
  const std::vector<float> w = weights();
  symbols all;
  for (int n = 0; n < count; ++n)
    for (const std::uint8_t k : sequence(n)) all.push_back(k);
  for (const double alpha : {1., .5, 2.}) {
    const std::vector<double> log_p = sequences::generator_law<network>(w.data(), alpha).log_probabilities(all);
    ASSERT_EQ(log_p.size(), std::size_t(count));
    double total = 0;
    for (int n = 0; n < count; ++n) {
      EXPECT_NEAR(log_p[std::size_t(n)], std::log(probability(w, sequence(n), alpha)), 3 * 40 * 4 * 0x1p-24 / alpha)
          << alpha << " " << n;
      total += std::exp(log_p[std::size_t(n)]);
    }
    EXPECT_NEAR(total, 1, 3 * 40 * 4 * 0x1p-24 / alpha);
  }
}

// Pearson's χ² of N = 2^16 + 1 sequences, of which each is expected at least 10 times or put together with the rest, is
// at most df + 4·√(2·df), which another seed would exceed with probability below 2e-4.
TEST(GeneratorLaw, IsThatOfTheSequencesItWrites) {
  SKIP_WITHOUT_AVX2;
  const std::vector<float> w = weights();
  constexpr std::size_t samples = (1 << 16) + 1;
  for (const double alpha : {1., .7}) {
    const sequences::generator_law<network> law(w.data(), alpha);
    const symbols drawn = law.sample(3, 5, samples);
    ASSERT_EQ(drawn.size(), 3 * samples);
    std::vector<double> seen(count);
    for (std::size_t i = 0; i < samples; ++i)
      ++seen[std::size_t(drawn[3 * i] * 16 + drawn[3 * i + 1] * 4 + drawn[3 * i + 2])];
    double rest = 0, seen_rest = 0, statistic = 0;
    int cells = 0;
    for (int n = 0; n < count; ++n) {
      const double expected = probability(w, sequence(n), alpha) * double(samples), found = seen[std::size_t(n)];
      if (expected < 10)
        rest += expected, seen_rest += found;
      else
        statistic += (found - expected) * (found - expected) / expected, ++cells;
    }
    EXPECT_GT(cells, 40);
    if (rest > 0) statistic += (seen_rest - rest) * (seen_rest - rest) / std::max(rest, 1.);
    EXPECT_LT(statistic, cells + 4 * std::sqrt(2. * cells)) << alpha;
    // Sequence n is a function of its row of noise.
    const symbols few = law.sample(3, 6, 3);
    EXPECT_EQ(few, symbols(drawn.begin() + 3, drawn.begin() + 12));
  }
}

}  // namespace
}  // namespace gumbelcuda::example
