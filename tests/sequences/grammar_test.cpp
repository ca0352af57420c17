// SPDX-License-Identifier: Apache-2.0
// The strings of the grammar, their two laws (the target's, and a generator's, which is computed exactly), and what
// draws from them.
#include "examples/sequences/grammar.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <string>
#include <vector>

namespace gumbelcuda::sequences {
namespace {

using small = expressions<1>;  // x and x op x: 5 strings of 4 symbols

template <int H, class Data>
std::vector<double> weights(double size) {
  std::vector<double> w(static_cast<std::size_t>(generator<H, Data::symbols, Data::length>::parameters));
  for (std::size_t n = 0; n < w.size(); ++n) w[n] = std::sin(1. + 7. * double(n)) * size;
  return w;
}

TEST(Grammar, HasItsStrings) {
  static_assert(grammar::strings == 1365 && grammar::length == 12 && small::strings == 5);
  EXPECT_EQ(grammar::text(0), "x           ");
  EXPECT_EQ(grammar::text(1), "x+x         ");
  EXPECT_EQ(grammar::text(4), "x/x         ");
  EXPECT_EQ(grammar::text(5), "x+x+x       ");
  EXPECT_EQ(grammar::text(6), "x+x-x       ");
  EXPECT_EQ(grammar::text(1364), "x/x/x/x/x/x ");
  std::set<std::string> all;
  double total = 0, entropy = 0;
  for (int i = 0; i < grammar::strings; ++i) {
    all.insert(grammar::text(i));
    total += grammar::probability(i);
    entropy -= grammar::probability(i) * std::log(grammar::probability(i));
  }
  EXPECT_EQ(all.size(), 1365u);
  EXPECT_NEAR(total, 1, 1365 * 0x1p-53);
  EXPECT_NEAR(entropy, std::log(6) + 2.5 * std::log(4), 1e-12);
}

// The first and the last word of each number of operators, and all operators at each place. So the law is exact up to
// the rounding of 2^32/6 words for each number.
TEST(Grammar, DrawsEachStringFromItsWords) {
  const std::uint32_t share = 0xffffffffu / 6 + 1;
  for (int i = 0; i < grammar::strings; ++i) {
    const int m = grammar::operators_of(i);
    std::uint32_t operators = 0;
    for (int n = 0; n < m; ++n) operators |= std::uint32_t(grammar::symbol(i, 2 * n + 1) - 1) << (30 - 2 * n);
    const std::uint32_t first = share * std::uint32_t(m), last = m == 5 ? ~0u : first + share - 1;
    for (const std::uint32_t word : {first, last})
      for (const std::uint32_t rest : {0u, (1u << 22) - 1}) {
        symbol_tile<float, 6, 12, 2> drawn;
        const std::uint32_t words[] = {word, operators | rest};
        grammar::draw<float>(words, 1, drawn);
        for (int t = 0; t < 12; ++t)
          for (int k = 0; k < 6; ++k)
            ASSERT_EQ(drawn.at[t][k][1], k == grammar::symbol(i, t) ? 1 : 0) << grammar::text(i) << t << " " << k;
      }
  }
}

// The probability of given symbols by the chain rule, from the logits of teacher forcing: another path than law()'s.
template <int H, class Data>
double probability(const std::vector<double>& w, const std::vector<int>& string, double alpha) {
  using network = generator<H, Data::symbols, Data::length>;
  typename network::template tape<double, 2> tape;
  symbol_tile<double, Data::symbols, Data::length, 2> given;
  for (int t = 0; t < Data::length; ++t)
    for (int k = 0; k < Data::symbols; ++k) given.at[t][k][0] = given.at[t][k][1] = k == string[std::size_t(t)] ? 1 : 0;
  network::follow(w.data(), tape, given);
  double p = 1;
  for (int t = 0; t < Data::length; ++t) {
    double total = 0;
    for (int k = 0; k < Data::symbols; ++k) total += std::exp(tape.logits.at[t][k][0] / alpha);
    p *= std::exp(tape.logits.at[t][string[std::size_t(t)]][0] / alpha) / total;
  }
  return p;
}

// A product of `length` quotients of sums of exponentials: some 30 roundings of 2^-53 for each moment.
template <class Data>
void expect_law() {
  constexpr int H = 4;
  const std::vector<double> w = weights<H, Data>(1.5);
  const float alpha[] = {1, .5f}, inverse[] = {1, 2};
  std::vector<double> law(2 * Data::strings);
  Data::template law<H, 2>(w.data(), inverse, law.data());
  for (int i = 0; i < Data::strings; ++i) {
    std::vector<int> string;
    for (int t = 0; t < Data::length; ++t) string.push_back(Data::symbol(i, t));
    for (int a = 0; a < 2; ++a) {
      const double expected = probability<H, Data>(w, string, double(alpha[a]));
      EXPECT_NEAR(law[std::size_t(a * Data::strings + i)], expected, expected * Data::length * 30 * 0x1p-53)
          << Data::text(i);
    }
  }
}
TEST(Law, IsTheProductOfItsMoments) {
  expect_law<small>();
  expect_law<expressions<2>>();
  expect_law<grammar>();
}

std::vector<int> sequence(int number) {
  std::vector<int> of(4);
  for (int& k : of) k = number % 6, number /= 6;
  return of;
}

// With all weights 0 but the outputs' biases the symbols are independent: p(x)·p(padding)³ and p(x)²·p(op)·p(padding).
TEST(Law, IsThatOfASmallCaseByHand) {
  using network = generator<2, 6, 4>;
  std::vector<double> w(network::parameters, 0);
  const double p[] = {.3, .1, .15, .05, .2, .2};
  for (int k = 0; k < 6; ++k) w[std::size_t(network::output_weight(k, 2))] = std::log(p[k]);
  const float inverse[] = {1};
  double law[5];
  small::law<2, 1>(w.data(), inverse, law);
  EXPECT_NEAR(law[0], .3 * .2 * .2 * .2, 1e-16);
  for (int k = 1; k <= 4; ++k) EXPECT_NEAR(law[k], .3 * .3 * p[k] * .2, 1e-16);
}

// All 6^4 sequences have total probability 1, and N = 2^16 sampled ones have their frequencies: Pearson's χ² over the
// sequences with 10 or more expected and the rest together is at most its mean + 4 standard deviations, df + 4·√(2·df),
// which another seed would exceed with probability below 2e-4.
TEST(Law, IsThatOfTheSampledStrings) {
  constexpr int H = 4, count = 1296, tiles = 1 << 14;
  using network = generator<H, 6, 4>;
  const std::vector<double> w = weights<H, small>(1.5);
  std::vector<double> p(count);
  double total = 0;
  for (int n = 0; n < count; ++n) total += p[std::size_t(n)] = probability<H, small>(w, sequence(n), 1);
  EXPECT_NEAR(total, 1, 4 * 30 * 0x1p-53);

  const std::vector<float> of_floats(w.begin(), w.end());
  std::vector<int> seen(count, 0);
  const stream_row row{1, 2};
  network::tape<float, 4> tape;
  for (int i = 0; i < tiles; ++i) {
    std::uint32_t words[4][4 * network::blocks];
    for (int s = 0; s < 4; ++s)
      for (int n = 0; n < 4 * network::blocks; ++n)
        words[s][n] = row(std::uint64_t((4 * i + s) * network::blocks + n / 4)).word[n % 4];
    network::sample(of_floats.data(), tape, words, .7f, feedback::hard);
    for (int s = 0; s < 4; ++s) {
      int number = 0;
      for (int t = 3; t >= 0; --t) {
        int symbol = 0;
        for (int k = 0; k < 6; ++k)
          if (tape.one_hot.at[t][k][s] == 1) symbol = k;
        number = 6 * number + symbol;
      }
      ++seen[std::size_t(number)];
    }
  }
  constexpr double samples = 4. * tiles;
  double rest = 0, seen_rest = 0, statistic = 0;
  int cells = 0;
  for (std::size_t n = 0; n < count; ++n) {
    const double expected = p[n] * samples;
    if (expected < 10) {
      rest += expected, seen_rest += seen[n];
    } else {
      statistic += (seen[n] - expected) * (seen[n] - expected) / expected, ++cells;
    }
  }
  EXPECT_GT(cells, 200);
  EXPECT_GT(rest, 10);
  statistic += (seen_rest - rest) * (seen_rest - rest) / rest;
  EXPECT_LT(statistic, cells + 4 * std::sqrt(2. * cells));
}

}  // namespace
}  // namespace gumbelcuda::sequences
