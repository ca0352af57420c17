// SPDX-License-Identifier: Apache-2.0
// The noise of rows: which words it uses, its deep tail against long double and the tail's own law, and where the
// tail's extension words come from. Ways of computing the tail with exactly one mistake must be rejected.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "gumbelcuda/device/noise.hpp"
#include "gumbelcuda/gumbel.hpp"
#include "tests/rows/scores.hpp"
#include "tests/unit/law_checks.hpp"
#include "tests/unit/random_numbers.hpp"

namespace gumbelcuda {
namespace {

using testing::AssertionFailure, testing::AssertionResult, testing::AssertionSuccess;
using testing_rows::row_batch, testing_rows::same_bytes;

constexpr std::uint32_t largest_word = ~0u;

// As docs/noise-stream.md states it.
philox_block<std::uint32_t> block_of(std::uint64_t seed, std::uint64_t row, std::uint64_t block) {
  return philox4x32_10<std::uint32_t>(
      {{std::uint32_t(block), std::uint32_t(block >> 32), std::uint32_t(row), std::uint32_t(row >> 32)}},
      philox_key(seed));
}

long double exact_exponential(std::uint32_t word, std::uint32_t extension) {
  return -std::log1p(-(word + (extension + .5L) * 0x1p-32L) * 0x1p-32L);
}

TEST(RowNoise, OfAWordThatIsNotInTheTailIsTheGans) {
  const std::uint64_t moved = 4096;
  for (const number_type type : testing_rows::all_types)
    for (const std::uint64_t classes : {1, 2, 3, 4, 5, 1000})
      for (const noise_address& noise : {noise_address{}, noise_address{5, 0xfffffffe, 0x3fffffff8},
                                         noise_address{~0ull, 0xfedcba9876543210, 8, &moved}}) {
        const std::uint64_t rows = 5, offset = noise.offset + (noise.device_offset ? moved : 0);
        row_batch expected(type, rows, classes), result = expected;
        for (std::uint64_t row = 0; row < rows; ++row)
          for (std::uint64_t k = 0; k < classes; ++k) {
            const std::uint32_t word =
                block_of(noise.seed, noise.first_row + row, (offset + k) / 4).word[(offset + k) % 4];
            ASSERT_GE(word, tail_words);
            expected.set(row, k, type == number_type::float64 ? gumbel<double>(word) : double(gumbel<float>(word)));
          }
        gumbel_noise({.rows = rows, .classes = classes, .type = type, .noise = noise, .out = result.out()});
        EXPECT_TRUE(same_bytes(expected, result)) << testing_rows::name_of(type) << ", " << classes << " classes";
      }
}

// --- The tail -----------------------------------------------------------------------------------------------

template <class Real>
using tail_function = Real (*)(std::uint32_t word, std::uint32_t extension, Real);

enum class mistake { none, ends_at_the_words_cell, without_half, of_first_order, of_upper_half_alone };

template <class Real, mistake Mistake>
Real tail(std::uint32_t word, std::uint32_t extension, Real precision) {
  switch (Mistake) {
    case mistake::none:
      return tail_exponential(word, extension, precision);
    case mistake::ends_at_the_words_cell:
      return exponential<Real>(word);
    case mistake::without_half:
      return Real(-std::log1p(-(word + extension * 0x1p-32) * 0x1p-32));
    case mistake::of_first_order:
      return Real((word + (extension + .5) * 0x1p-32) * 0x1p-32);
    case mistake::of_upper_half_alone:
      return tail_exponential(word, extension | 0xffff, precision);
  }
  return 0;
}

// Words and extensions at the ends of their ranges and in between. The error bound is that of device/noise.hpp. The
// Gumbel variate has, in double, that of log, 2 ulp, and the exponential's.
template <class Real>
AssertionResult is_accurate(tail_function<Real> f) {
  const bool is_float = sizeof(Real) == 4;
  const long double error = is_float ? 2e-7L : 3e-16L, log_error = is_float ? 2.5e-7L : 3e-16L + 0x1p-51L;
  random_numbers random(1);
  const std::vector<std::uint32_t> ends = {0, 1, 2, 0x7fffffff, 0x80000000, largest_word - 1, largest_word};
  for (int i = 0; i < 300000; ++i) {
    const auto j = std::size_t(i);
    const std::uint32_t word = i < 4096 * 8 ? std::uint32_t(i / 8) : random.word() >> (20 + i % 12);
    const std::uint32_t extension = i < 4096 * 8 && i % 8 < 7 ? ends[j % 8] : random.word() >> (word ? 0 : i % 32);
    const Real e = f(word, extension, Real{});
    const long double right = exact_exponential(word, extension), g = -std::log(right);
    if (!(std::abs(e / right - 1) <= error) || !(std::abs(-log(e) - g) <= log_error * std::max(1.0L, g)))
      return AssertionFailure() << e << " for word " << word << ", extension " << extension;
  }
  return AssertionSuccess();
}

// From one word to the next, within a word, and on to the first word without an extension.
template <class Real>
AssertionResult keeps_the_order(tail_function<Real> f) {
  random_numbers random(2);
  Real last = 0;
  for (std::uint32_t word = 0; word < tail_words; ++word) {
    std::vector<std::uint32_t> extensions = random.words(50);
    for (const std::uint32_t end : {0u, 1u, largest_word - 1, largest_word}) extensions.push_back(end);
    std::sort(extensions.begin(), extensions.end());
    for (const std::uint32_t extension : extensions) {
      const Real e = f(word, extension, Real{});
      if (!(e >= last)) return AssertionFailure() << e << " after " << last << ", word " << word;
      last = e;
    }
  }
  const Real next = exponential<Real>(tail_words);
  return (next >= last ? AssertionSuccess() : AssertionFailure()) << next << " after " << last;
}

// 10^6 pairs of a word of the tail and an extension; or, with `first_word`, of word 0 and an extension. Given v < w,
// (1 − e^−E)/w is uniform.
template <class Real>
AssertionResult has_its_law(tail_function<Real> f, bool first_word) {
  const std::uint32_t count = 1000000;
  const double width = first_word ? 0x1p-32 : 0x1p-20;
  std::vector<float> e;
  for (std::uint32_t i = 0; i < count / 2; ++i) {
    const auto x = block_of(20161104, 3, i);
    for (int j = 0; j < 4; j += 2) e.push_back(float(f(first_word ? 0 : x.word[j] >> 20, x.word[j + 1], Real{})));
  }
  return statistics::kolmogorov_agrees(statistics::sorted(e), [&](double x) { return -std::expm1(-x) / width; });
}

template <class Real>
class NoiseTail : public testing::Test {};
using scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(NoiseTail, scalars);

TYPED_TEST(NoiseTail, IsAccurate) {
  EXPECT_TRUE(is_accurate<TypeParam>(tail_exponential));
  EXPECT_FALSE(is_accurate<TypeParam>(tail<TypeParam, mistake::ends_at_the_words_cell>));
  EXPECT_FALSE(is_accurate<TypeParam>(tail<TypeParam, mistake::without_half>));
  EXPECT_FALSE(is_accurate<TypeParam>(tail<TypeParam, mistake::of_first_order>));
  EXPECT_FALSE(is_accurate<TypeParam>(tail<TypeParam, mistake::of_upper_half_alone>));
}

TYPED_TEST(NoiseTail, KeepsTheOrderOfWordsAndExtensions) {
  EXPECT_TRUE(keeps_the_order<TypeParam>(tail_exponential));
  const tail_function<TypeParam> wider = [](std::uint32_t word, std::uint32_t extension, TypeParam) {
    return TypeParam(exact_exponential(word, 0) + extension * 0x1.001p-64L);
  };
  EXPECT_FALSE(keeps_the_order(wider));
}

// N = 10^6, so that a distance of 0.0027 is rejected.
TYPED_TEST(NoiseTail, HasItsLaw) {
  for (const bool first_word : {false, true}) EXPECT_TRUE(has_its_law<TypeParam>(tail_exponential, first_word));
  EXPECT_FALSE(has_its_law<TypeParam>(tail<TypeParam, mistake::ends_at_the_words_cell>, true));
}

TYPED_TEST(NoiseTail, EndsWhereItSays) {
  EXPECT_EQ(tail_exponential(0, 0, TypeParam{}), TypeParam(0x1p-65));
  EXPECT_NEAR(double(-log(tail_exponential(0, 0, TypeParam{}))), 65 * std::log(2.), 45.06 * 2.5e-7);
}

// --- In rows ------------------------------------------------------------------------------------------------

// Blocks with a word below tail_words; one block in 262,144 has one.
std::vector<std::uint64_t> blocks_in_the_tail(std::uint64_t seed, std::uint64_t row, std::size_t count) {
  std::vector<std::uint64_t> found;
  for (std::uint64_t block = std::uint64_t{1} << 40; found.size() < count; ++block)
    if (in_tail(block_of(seed, row, block))) found.push_back(block);
  return found;
}

TEST(RowNoise, OfAWordInTheTailTakesItsExtensionFromTheBlockTwoTo63FurtherOn) {
  const std::uint64_t seed = 99, row = 0x123456789a;
  for (const std::uint64_t block : blocks_in_the_tail(seed, row, 5))
    for (const number_type type : testing_rows::all_types) {
      const auto words = block_of(seed, row, block);
      const auto extensions = block_of(seed, row, block + (std::uint64_t{1} << 63));
      row_batch expected(type, 1, 4), result = expected;
      for (std::uint64_t k = 0; k < 4; ++k) {
        const std::uint32_t word = words.word[k], extension = extensions.word[k];
        const bool extended = word < 4096;
        if (type == number_type::float64)
          expected.set(0, k, extended ? -log(tail_exponential(word, extension, 0.)) : gumbel<double>(word));
        else
          expected.set(0, k, double(extended ? -log(tail_exponential(word, extension, 0.f)) : gumbel<float>(word)));
      }
      const noise_address noise{.seed = seed, .first_row = row, .offset = 4 * block};
      gumbel_noise({.rows = 1, .classes = 4, .type = type, .noise = noise, .out = result.out()});
      EXPECT_TRUE(same_bytes(expected, result)) << testing_rows::name_of(type) << ", block " << block;
    }
}

}  // namespace
}  // namespace gumbelcuda
