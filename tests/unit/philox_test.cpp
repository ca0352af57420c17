// SPDX-License-Identifier: Apache-2.0
// The generator gives Random123's published answers in every element of every lane type. A row's stream is the
// generator at the counters that docs/noise-stream.md fixes, even where row and block numbers exceed 32 bits.
#include "gumbelcuda/math/philox.hpp"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/unit/every_lane.hpp"
#include "tests/unit/random_numbers.hpp"

namespace {

using gumbelcuda::philox_block;
using gumbelcuda::philox_key;
using block_words = std::array<std::uint32_t, 4>;

constexpr std::uint32_t poison = 0xcacacaca;

constexpr block_words generate(const block_words& counter, std::uint64_t seed) {
  const auto x = gumbelcuda::philox4x32_10(
      philox_block<std::uint32_t>{{counter[0], counter[1], counter[2], counter[3]}}, philox_key(seed));
  return {x.word[0], x.word[1], x.word[2], x.word[3]};
}

static_assert(generate({0, 0, 0, 0}, 0) == block_words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
static_assert(generate({~0u, ~0u, ~0u, ~0u}, ~std::uint64_t{0}) ==
              block_words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
static_assert(generate({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0x299f31d0a4093822) ==
              block_words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});

struct known_answer {
  block_words counter;
  std::uint64_t seed;
  block_words words;
};

std::vector<known_answer> known_answers() {
  std::ifstream file(GUMBELCUDA_TEST_DATA "/vectors/philox4x32_10.txt");
  std::vector<known_answer> answers;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream row(line);
    std::array<std::uint32_t, 10> x{};
    for (auto& word : x) row >> std::hex >> word;
    EXPECT_TRUE(row) << line;
    answers.push_back({{x[0], x[1], x[2], x[3]}, x[4] | std::uint64_t{x[5]} << 32, {x[6], x[7], x[8], x[9]}});
  }
  return answers;
}

class Philox : public every_lane {};
INSTANTIATE_TEST_SUITE_P(Lanes, Philox, every_lane::values(), every_lane::name);

TEST_P(Philox, GivesTheKnownAnswersInEveryElement) {
  const auto answers = known_answers();
  ASSERT_EQ(answers.size(), 3u);
  for (const known_answer& answer : answers) {
    std::vector<std::uint32_t> counters;
    for (std::size_t i = 0; i < lanes::granule; ++i)
      counters.insert(counters.end(), answer.counter.begin(), answer.counter.end());
    std::vector<std::uint32_t> words(counters.size(), poison);
    set.philox(counters.data(), answer.seed, words.data(), lanes::granule);
    for (std::size_t i = 0; i < words.size(); ++i) ASSERT_EQ(words[i], answer.words[i % 4]) << "word " << i;
  }
}

TEST_P(Philox, GivesTheScalarWordsForUnlikeCountersSideBySide) {
  random_numbers random(1);
  for (int trial = 0; trial < 100; ++trial) {
    const std::vector<std::uint32_t> counters = random.words(4 * lanes::granule);
    const std::uint64_t seed = random.wide_word();
    std::vector<std::uint32_t> words(counters.size(), poison);
    set.philox(counters.data(), seed, words.data(), lanes::granule);
    for (std::size_t i = 0; i < words.size(); i += 4) {
      const block_words expected = generate({counters[i], counters[i + 1], counters[i + 2], counters[i + 3]}, seed);
      for (std::size_t j = 0; j < 4; ++j) ASSERT_EQ(words[i + j], expected[j]);
    }
  }
}

// Values that reveal truncation, a lost carry or swapped halves: the ends and middles of both halves, and unlike
// halves.
constexpr std::uint64_t awkward[] = {0,
                                     1,
                                     0x7fffffff,
                                     0x80000000,
                                     0xffffffff,
                                     0x100000000,
                                     0x100000001,
                                     0x123456789abcdef0,
                                     0x7fffffffffffffff,
                                     0x8000000000000000,
                                     0xffffffff00000000,
                                     0xffffffffffffffff};

TEST_P(Philox, StreamsOfRowsAreTheGeneratorAtTheContractsCounters) {
  random_numbers random(2);
  std::vector<std::uint64_t> rows;
  for (std::size_t i = 0; i < lanes::granule; ++i)
    rows.push_back(i < std::size(awkward) ? awkward[i] : random.wide_word());
  for (const std::uint64_t seed : awkward)
    for (const std::uint64_t block : awkward) {
      std::vector<std::uint32_t> words(4 * rows.size(), poison);
      set.row_block(seed, rows.data(), block, words.data(), rows.size());
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const block_words expected = generate(
            {std::uint32_t(block), std::uint32_t(block >> 32), std::uint32_t(rows[i]), std::uint32_t(rows[i] >> 32)},
            seed);
        for (std::size_t j = 0; j < 4; ++j)
          ASSERT_EQ(words[4 * i + j], expected[j]) << "seed " << seed << " row " << rows[i] << " block " << block;
      }
    }
}

}  // namespace
