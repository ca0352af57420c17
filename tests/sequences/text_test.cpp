// SPDX-License-Identifier: Apache-2.0
// The data of the text GAN: which characters stand for a file's bytes, which sequences are drawn, what is refused.
#include "examples/sequences/text.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>

#include "examples/sequences/likelihood_model.hpp"
#include "examples/sequences/read_text.hpp"

namespace gumbelcuda::example {
namespace {

using sequences::text;

std::string written(const std::vector<std::uint8_t>& symbols) {
  std::string all;
  for (const std::uint8_t k : symbols) all += text::characters[k];
  return all;
}

TEST(Text, HasThirtyCharacters) {
  EXPECT_EQ(written(symbols_of("In the Beginning:\n\n  GOD's 7 \"days\"? Zz;,.!")),
            "in the beginning; gods days . zz;,..");
  EXPECT_EQ(written(symbols_of("\xc3\xa9t\xc3\xa9 -- 12")), "t ");
  EXPECT_TRUE(symbols_of("  1'2\n").empty());
  EXPECT_TRUE(symbols_of("").empty());
}

std::string refused(const std::function<void()>& action) {
  try {
    action();
  } catch (const gumbelcuda::error& e) {
    return e.what();
  }
  return "nothing";
}
std::string file_of(const std::string& bytes) {
  const std::string path = testing::TempDir() + "gumbelcuda_text_test.txt";
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

TEST(Text, HoldsTheLastTenthOut) {
  const split_text both = read_text(file_of(std::string(940, 'a') + std::string(69, 'b')));
  EXPECT_EQ(written(both.training), std::string(909, 'a'));
  EXPECT_EQ(written(both.held_out), std::string(31, 'a') + std::string(69, 'b'));
}
TEST(Text, RefusesWhatIsNoText) {
  EXPECT_EQ(refused([] { read_text(file_of(std::string(1000, 'a'))); }), "nothing");
  EXPECT_EQ(refused([] { read_text("/no/such/file"); }), "cannot read /no/such/file");
  EXPECT_EQ(refused([] { read_text(testing::TempDir()); }), "cannot read " + testing::TempDir());
  EXPECT_NE(refused([] { read_text(file_of("")); }).find(" has 0 letters"), std::string::npos);
  EXPECT_NE(refused([] { read_text(file_of(std::string(999, 'a'))); }).find("999 letters"), std::string::npos);
  EXPECT_EQ(refused([] { read_text(file_of(std::string(1000, 'a') + std::string(1, '\0'))); }),
            "text: byte 1000 is 0, so it is not a text");
  const std::vector<std::uint8_t> short_text(15);
  EXPECT_EQ(refused([&] { text{short_text}; }), "text: 15 characters are not in 16 … 2^31");
}

// 20 characters have 5 places; word w chooses ⌊5·w/2^32⌋.
TEST(Text, DrawsASequenceFromEachPlace) {
  std::vector<std::uint8_t> symbols;
  for (int i = 0; i < 20; ++i) symbols.push_back(std::uint8_t(i * 7 % 30));
  const text data(symbols);
  const auto expect_place = [&](std::uint32_t word, std::size_t place) {
    sequences::symbol_tile<float, 30, 16, 2> drawn;
    data.draw<float>(&word, 1, drawn);
    for (std::size_t t = 0; t < 16; ++t)
      for (std::size_t k = 0; k < 30; ++k)
        ASSERT_EQ(drawn.at[t][k][1], k == symbols[place + t] ? 1 : 0) << word << " " << t << " " << k;
  };
  const std::uint32_t border = 858993460;  // the first with 5·w ≥ 2^32
  expect_place(0, 0);
  expect_place(border - 1, 0);
  expect_place(border, 1);
  expect_place(2 * border, 2);
  expect_place(0xffffffff, 4);
}

}  // namespace
}  // namespace gumbelcuda::example

namespace gumbelcuda::sequences {
namespace {

// Models that are side by side in a vector draw sequences of their own: they have the bytes of each model alone.
TEST(Text, GivesEachModelItsOwnSequences) {
#ifdef __AVX2__
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) GTEST_SKIP() << "a processor without AVX2";
#endif
  std::vector<std::uint8_t> symbols;
  for (int i = 0; i < 1000; ++i) symbols.push_back(std::uint8_t(i * i % 29));
  const likelihood_model<2, 4, 1, text> model{{1}, text(symbols)};
  model_fleet_config config{.num_models = 3, .steps_per_epoch = 3};
  config.learning_rate = {{1e-2f}};
  const model_fleet_result fleet = train_fleet(model, config);
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (const float x : fleet.parameter) hash = (hash ^ to_bits(x)) * 0x100000001b3;
  EXPECT_EQ(hash, 0x49be3959ce1b8d49u) << std::hex << "0x" << hash;
  EXPECT_EQ(fleet.output, fleet.parameter) << "what is recorded";
  for (std::uint64_t i = 0; i < 3; ++i) {
    config.num_models = 1;
    config.first_model = i;
    const model_fleet_result alone = train_fleet(model, config);
    const auto first = fleet.parameter.begin() + std::ptrdiff_t(i * alone.parameter.size());
    EXPECT_EQ(alone.parameter, std::vector<float>(first, first + std::ptrdiff_t(alone.parameter.size()))) << i;
  }
}

}  // namespace
}  // namespace gumbelcuda::sequences
