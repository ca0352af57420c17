// SPDX-License-Identifier: Apache-2.0
// The distribution of the stream's noise, from its words to the classes that it draws. Every test runs once, on a fixed
// seed, and each of its checks would fail a correct generator with probability statistics::alpha = 1e-6 (unless stated
// otherwise). Every check is a function that returns a verdict, and also runs on a wrong distribution, which it must
// reject: a test that cannot fail proves nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "gumbelcuda/math/categorical.hpp"
#include "gumbelcuda/math/gumbel.hpp"
#include "gumbelcuda/math/philox.hpp"
#include "tests/unit/lanes.hpp"
#include "tests/unit/law_checks.hpp"
#include "tests/unit/random_numbers.hpp"
#include "tests/unit/statistics.hpp"

namespace {

using statistics::chi_square_agrees, statistics::kolmogorov_agrees, statistics::sorted, statistics::verdict;
using testing::AssertionResult;

// With a quarter of the samples, the checks detect a wrong distribution only if it deviates twice as much.
#if defined(__SANITIZE_ADDRESS__)
constexpr std::size_t fraction = 4;
constexpr double dose = 2;
#else
constexpr std::size_t fraction = 1;
constexpr double dose = 1;
#endif

constexpr std::uint64_t seed = 20161104;
constexpr double euler_gamma = 0.57721566490153286, pi = 3.14159265358979324;

// --- Samples ------------------------------------------------------------------------------------------------

// [row][word], computed from the definition of the stream.
std::vector<std::uint32_t> words_of(std::uint64_t key, std::size_t rows, std::size_t words_per_row) {
  std::vector<std::uint32_t> words;
  words.reserve(rows * words_per_row);
  for (std::uint32_t row = 0; row < rows; ++row)
    for (std::uint32_t block = 0; block < words_per_row / 4; ++block) {
      const auto x = gumbelcuda::philox4x32_10<std::uint32_t>({{block, 0, row, 0}}, gumbelcuda::philox_key(key));
      words.insert(words.end(), x.word, x.word + 4);
    }
  return words;
}
std::vector<float> evaluate(lanes::lane_set::word_function f, const std::vector<std::uint32_t>& words) {
  EXPECT_EQ(words.size() % lanes::granule, 0u);
  std::vector<float> out(words.size());
  f(words.data(), out.data(), words.size());
  return out;
}
std::vector<float> gumbels(std::size_t rows, std::size_t words_per_row, std::uint64_t key = seed) {
  return evaluate(lanes::widest().gumbel, words_of(key, rows, words_per_row));
}

template <class F>
std::vector<float> changed(std::vector<float> values, F f) {
  for (float& x : values) x = float(f(double(x)));
  return values;
}

double gumbel_cdf(double x) { return std::exp(-std::exp(-x)); }
double exponential_cdf(double x) { return -std::expm1(-x); }

// --- Checks -------------------------------------------------------------------------------------------------

// Whether z is standard normal, to the accuracy of the central limit theorem.
AssertionResult normal_agrees(double z, double level = statistics::alpha) {
  return verdict(std::erfc(std::abs(z) / std::sqrt(2.)) > level) << "z = " << z;
}

// 256 equally likely bins. Rounding the edges to float changes a bin's probability by less than 1e-5 of it.
template <class Quantile>
AssertionResult bins_agree(const std::vector<float>& values, Quantile quantile) {
  constexpr int bins = 256;
  float edges[bins - 1];
  for (int j = 1; j < bins; ++j) edges[j - 1] = float(quantile(double(j) / bins));
  std::vector<std::uint64_t> counts(bins);
  for (const float x : values) {
    int bin = 0;
    for (int half = bins / 2; half >= 1; half /= 2) bin += half * (x >= edges[bin + half - 1]);
    ++counts[std::size_t(bin)];
  }
  return chi_square_agrees(counts, std::vector<double>(bins, 1. / bins));
}

// Mean, variance and third central moment against those of the standard Gumbel distribution. Its cumulants are
// (n − 1)!·ζ(n) from the second on, and the estimates' variances follow from the central moments μ (Cramér 1946,
// 27.5-6): mean μ2/N; variance (μ4 − μ2²)/N; third moment (μ6 − μ3² − 6·μ4·μ2 + 9·μ2³)/N.
struct moment_verdicts {
  AssertionResult mean, variance, third;
};
moment_verdicts moments_agree(const std::vector<float>& values) {
  const double zeta_3 = 1.2020569031595943, c2 = pi * pi / 6, c3 = 2 * zeta_3, c4 = std::pow(pi, 4) / 15,
               c6 = 120 * std::pow(pi, 6) / 945;
  const double m4 = c4 + 3 * c2 * c2, m6 = c6 + 15 * c4 * c2 + 10 * c3 * c3 + 15 * c2 * c2 * c2;
  const double n = double(values.size());
  double sum = 0, square = 0, cube = 0;
  for (const float x : values) sum += x - euler_gamma;
  const double mean = sum / n;
  for (const float x : values) {
    const double d = x - euler_gamma - mean;
    square += d * d;
    cube += d * d * d;
  }
  return {normal_agrees(mean / std::sqrt(c2 / n)), normal_agrees((square / n - c2) / std::sqrt((m4 - c2 * c2) / n)),
          normal_agrees((cube / n - c3) / std::sqrt((m6 - c3 * c3 - 6 * m4 * c2 + 9 * c2 * c2 * c2) / n))};
}

// If two samples are independent, √N times their correlation is standard normal.
AssertionResult uncorrelated(const float* a, const float* b, std::size_t count) {
  double product = 0;
  for (std::size_t i = 0; i < count; ++i) product += (a[i] - euler_gamma) * (b[i] - euler_gamma);
  return normal_agrees(product / (pi * pi / 6) / std::sqrt(double(count)));
}

// --- Words --------------------------------------------------------------------------------------------------

constexpr std::size_t word_count = 10'000'000 / fraction;

// N = 10^7. Ones of each bit, each bit at level alpha/32; bytes in 256 bins, for each of the four bytes and each place
// in a block; words below 2^24, 2^20, 2^16 and 2^12 (39062, 2441, 153 and 9.5 expected).
AssertionResult words_agree(const std::vector<std::uint32_t>& words) {
  const double n = double(words.size());
  std::vector<std::vector<std::uint64_t>> bytes(16, std::vector<std::uint64_t>(256));
  std::uint64_t below[4] = {};
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::uint32_t x = words[i];
    for (int byte = 0; byte < 4; ++byte) ++bytes[(i % 4) * 4 + std::size_t(byte)][x >> (8 * byte) & 0xff];
    for (int j = 0; j < 4; ++j) below[j] += x >> (24 - 4 * j) == 0;
  }
  std::uint64_t ones[32] = {};
  for (std::size_t k = 0; k < bytes.size(); ++k)
    for (std::size_t value = 0; value < 256; ++value)
      for (std::size_t bit = 0; bit < 8; ++bit) ones[k % 4 * 8 + bit] += bytes[k][value] * (value >> bit & 1);
  for (int bit = 0; bit < 32; ++bit)
    if (const auto r = normal_agrees((double(ones[bit]) - n / 2) / std::sqrt(n / 4), statistics::alpha / 32); !r)
      return testing::AssertionFailure() << "bit " << bit << ": " << r.message();
  for (std::size_t k = 0; k < bytes.size(); ++k)
    if (const auto r = chi_square_agrees(bytes[k], std::vector<double>(256, 1. / 256)); !r)
      return testing::AssertionFailure() << "place " << k / 4 << ", byte " << k % 4 << ": " << r.message();
  for (int j = 0; j < 4; ++j)
    if (!statistics::binomial_agrees(below[j], words.size(), std::ldexp(1.0L, -8 - 4 * j)))
      return testing::AssertionFailure() << below[j] << " words below 2^" << 24 - 4 * j;
  return testing::AssertionSuccess();
}

TEST(WordLaw, ManyRows) { EXPECT_TRUE(words_agree(words_of(seed, 2500, word_count / 2500))); }
TEST(WordLaw, OneLongRow) { EXPECT_TRUE(words_agree(words_of(seed, 1, word_count))); }

TEST(WordLaw, SmallDefectsAreSeen) {
  const auto words = words_of(seed, 1, word_count);
  auto wrong = words;
  for (std::size_t i = 0; i < wrong.size(); i += std::size_t(128 / dose)) wrong[i] &= ~1u;
  EXPECT_FALSE(words_agree(wrong)) << "a bit that is missing in one word of 128";
  wrong = words;
  for (auto& x : wrong)
    if (x < 0x10000) x += 0x10000;
  EXPECT_FALSE(words_agree(wrong)) << "no word below 2^16";
}

// --- One value ----------------------------------------------------------------------------------------------

constexpr std::size_t kolmogorov_count = (std::size_t{1} << 22) / fraction;  // critical distance 0.0013
constexpr std::size_t bin_count = 10'000'000 / fraction;

TEST(NoiseLaw, KolmogorovOfGumbel) {
  const auto g = sorted(gumbels(1024, kolmogorov_count / 1024));
  EXPECT_TRUE(kolmogorov_agrees(g, gumbel_cdf));
  EXPECT_FALSE(kolmogorov_agrees(changed(g, [](double x) { return x * (1 + .01 * dose); }), gumbel_cdf));
  EXPECT_FALSE(kolmogorov_agrees(changed(g, [](double x) { return x + .01 * dose; }), gumbel_cdf));

  const gumbelcuda::gumbel_distribution<float> law{-3, .25f};
  const auto sample = changed(g, [&](double x) { return law.sample(float(x)); });
  EXPECT_TRUE(kolmogorov_agrees(sample, [&](double x) { return double(law.cdf(float(x))); }));
  EXPECT_TRUE(kolmogorov_agrees(sample, [](double x) { return gumbel_cdf((x + 3) / .25); }));
}

TEST(NoiseLaw, KolmogorovOfOneLongRow) {
  EXPECT_TRUE(kolmogorov_agrees(sorted(gumbels(1, kolmogorov_count)), gumbel_cdf));
}

TEST(NoiseLaw, KolmogorovOfExponential) {
  const auto e = sorted(evaluate(lanes::widest().exponential, words_of(seed, 1024, kolmogorov_count / 1024)));
  EXPECT_TRUE(kolmogorov_agrees(e, exponential_cdf));
  EXPECT_FALSE(kolmogorov_agrees(changed(e, [](double x) { return x * (1 + .01 * dose); }), exponential_cdf));
}

TEST(NoiseLaw, EqualBinsOfGumbel) {
  const auto quantile = [](double p) { return -std::log(-std::log(p)); };
  const auto g = gumbels(2500, bin_count / 2500);
  EXPECT_TRUE(bins_agree(g, quantile));
  EXPECT_FALSE(bins_agree(changed(g, [](double x) { return x * (1 + .01 * dose); }), quantile));
  EXPECT_FALSE(bins_agree(changed(g, [](double x) { return x + .01 * dose; }), quantile));
}

TEST(NoiseLaw, EqualBinsOfExponential) {
  const auto quantile = [](double p) { return -std::log1p(-p); };
  const auto e = evaluate(lanes::widest().exponential, words_of(seed, 2500, bin_count / 2500));
  EXPECT_TRUE(bins_agree(e, quantile));
  EXPECT_FALSE(bins_agree(changed(e, [](double x) { return x * (1 + .01 * dose); }), quantile));
}

TEST(NoiseLaw, Moments) {
  const auto g = gumbels(2500, bin_count / 2500);
  const auto right = moments_agree(g);
  EXPECT_TRUE(right.mean);
  EXPECT_TRUE(right.variance);
  EXPECT_TRUE(right.third);
  EXPECT_FALSE(moments_agree(changed(g, [](double x) { return x + .01 * dose; })).mean);
  EXPECT_FALSE(moments_agree(changed(g, [](double x) { return x * (1 + .01 * dose); })).variance);
  EXPECT_FALSE(moments_agree(changed(g, [](double x) { return std::min(x, dose > 1 ? 6. : 8.); })).third);
}

// --- Values together ----------------------------------------------------------------------------------------

// 10^7 pairs each: a value with the next values of its row, with the same place in the next row, and with the next
// seed.
TEST(NoiseLaw, ValuesAreUncorrelated) {
  const std::size_t length = bin_count / 2500;
  const auto rows = gumbels(2500, length), row = gumbels(1, bin_count), other_seed = gumbels(1, bin_count, seed + 1);
  for (const std::size_t lag : {1, 2, 3, 4, 5, 8, 16})
    EXPECT_TRUE(uncorrelated(row.data(), row.data() + lag, row.size() - lag)) << "lag " << lag;
  EXPECT_TRUE(uncorrelated(rows.data(), rows.data() + length, rows.size() - length));
  EXPECT_TRUE(uncorrelated(row.data(), other_seed.data(), row.size()));

  auto wrong = row;
  for (std::size_t i = 1; i < wrong.size(); i += std::size_t(200 / dose)) wrong[i] = wrong[i - 1];
  EXPECT_FALSE(uncorrelated(wrong.data(), wrong.data() + 1, wrong.size() - 1)) << "one value in 200 twice";
  wrong = rows;
  for (std::size_t i = length; i < wrong.size(); i += std::size_t(200 / dose)) wrong[i] = wrong[i - length];
  EXPECT_FALSE(uncorrelated(wrong.data(), wrong.data() + length, wrong.size() - length)) << "one value in 200 shared";
}

// --- The tail -----------------------------------------------------------------------------------------------

// 2^30 words. Only the one word in 16384 that can exceed 9.7 is turned into noise.
std::vector<float> upper_tail(std::size_t& words) {
  constexpr std::size_t rows_at_once = 1024, blocks = 256;
  const std::size_t rows = (std::size_t{1} << 20) / fraction;
  std::vector<std::uint64_t> row(rows_at_once);
  std::vector<std::uint32_t> block_words(4 * rows_at_once), small;
  for (std::size_t first = 0; first < rows; first += rows_at_once) {
    std::iota(row.begin(), row.end(), first);
    for (std::uint64_t block = 0; block < blocks; ++block) {
      lanes::widest().row_block(seed, row.data(), block, block_words.data(), rows_at_once);
      for (const std::uint32_t x : block_words)
        if (x < 0x40000) small.push_back(x);
    }
  }
  words = rows * blocks * 4;
  while (small.size() % lanes::granule != 0) small.push_back(~0u);
  return evaluate(lanes::widest().gumbel, small);
}

// Binomial tests of how often g exceeds 10, 15 and 18 (48745, 328 and 16 expected).
AssertionResult tail_agrees(const std::vector<float>& tail, std::size_t words) {
  for (const float t : {10.f, 15.f, 18.f}) {
    const auto hits = std::uint64_t(std::count_if(tail.begin(), tail.end(), [&](float g) { return g > t; }));
    const long double p = -std::expm1(-std::exp(-static_cast<long double>(t)));
    if (!statistics::binomial_agrees(hits, words, p))
      return testing::AssertionFailure() << hits << " above " << t << ", expected " << double(words * p);
  }
  return testing::AssertionSuccess();
}

TEST(NoiseLaw, UpperTail) {
  std::size_t words;
  const auto tail = upper_tail(words);
  EXPECT_TRUE(tail_agrees(tail, words));
  const double cut = dose > 1 ? 14 : 16;
  EXPECT_FALSE(tail_agrees(changed(tail, [&](double g) { return std::min(g, cut); }), words));
  EXPECT_FALSE(tail_agrees(changed(tail, [](double g) { return g * (1 + .01 * dose); }), words));
}

// --- Classes ------------------------------------------------------------------------------------------------

// 10^6 draws of argmax(logits + g), where word k of a row belongs to class k of a sample. One draw in 64 is repeated
// with gumbel_max, which computes the same with slower scalar noise.
std::vector<std::uint64_t> drawn_classes(const std::vector<float>& logits) {
  const std::size_t classes = logits.size(), batch = 1600, samples = 1'000'000 / fraction / batch * batch;
  std::vector<std::uint32_t> words(classes * batch);
  std::vector<std::uint64_t> counts(classes);
  for (std::size_t first = 0; first < samples; first += batch) {
    for (std::size_t i = 0; i < batch; ++i)
      for (std::size_t k = 0; k < classes; k += 4) {
        const auto x = gumbelcuda::philox4x32_10<std::uint32_t>(
            {{std::uint32_t(k / 4), 0, std::uint32_t(first + i), 1}}, gumbelcuda::philox_key(seed));
        for (std::size_t j = k; j < std::min(k + 4, classes); ++j) words[j * batch + i] = x.word[j - k];
      }
    const auto g = evaluate(lanes::widest().gumbel, words);
    std::vector<float> best(batch, -INFINITY);
    std::vector<std::size_t> drawn(batch);
    for (std::size_t k = 0; k < classes; ++k)
      for (std::size_t i = 0; i < batch; ++i)
        if (const float score = logits[k] + g[k * batch + i]; score > best[i]) {
          best[i] = score;
          drawn[i] = k;
        }
    for (const std::size_t k : drawn) ++counts[k];
    for (std::size_t i = 0; i < batch; i += 64)
      EXPECT_EQ(gumbelcuda::gumbel_max(logits.data(), words.data() + i, int(batch), int(classes)), float(drawn[i]));
  }
  return counts;
}

std::vector<double> softmax(const std::vector<float>& logits, double inverse_temperature) {
  std::vector<double> p;
  for (const float a : logits) p.push_back(std::exp(inverse_temperature * a));
  const double sum = std::accumulate(p.begin(), p.end(), 0.);
  for (double& value : p) value /= sum;
  return p;
}

void expect_classes_follow_softmax(const std::vector<float>& logits) {
  const auto counts = drawn_classes(logits);
  EXPECT_TRUE(chi_square_agrees(counts, softmax(logits, 1)));
  // Noise of another scale would have drawn this distribution.
  EXPECT_FALSE(chi_square_agrees(counts, softmax(logits, 1 + .02 * dose)));
}

TEST(GumbelMaxLaw, FiveClasses) { expect_classes_follow_softmax({-1.5f, 2, .25f, 0, 1}); }
TEST(GumbelMaxLaw, AHundredClasses) { expect_classes_follow_softmax(random_numbers(5).floats(100, -3, 3)); }

}  // namespace
