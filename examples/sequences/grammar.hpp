// SPDX-License-Identifier: Apache-2.0
// The data of the grammar GAN: strings of S → x | S+S | S−S | S*S | S/S, padded, and their exact law under a generator.
#pragma once

#include <string>

#include "generator.hpp"

GUMBELCUDA_MODEL_BEGIN
namespace sequences {

// x (op x)^m with m = 0 … MostOperators, the same set of strings as the grammar's, padded to the length of the longest
// and one more. The target law: m uniform, operators uniform, since the grammar's own weights would put 80 % on "x".
// Strings are numbered by m, then as numbers of base 4 with an operator for each digit.
template <int MostOperators>
struct expressions {
  static constexpr int most_operators = MostOperators, operators = 4, symbols = 6, length = 2 * MostOperators + 2,
                       x = 0, first_operator = 1, padding = 5;
  static constexpr char characters[symbols + 1] = "x+-*/ ";
  // The number of strings with fewer than m operators: (4^m − 1)/3.
  GUMBELCUDA_HD static constexpr int first_string(int m) { return ((1 << 2 * m) - 1) / 3; }
  static constexpr int strings = first_string(MostOperators + 1);
  // Numbers that law() writes for a temperature.
  template <int H>
  static constexpr int outputs = strings;
  // Words of noise for a real string.
  static constexpr int real_words = 2;

  static constexpr int operators_of(int string) {
    int m = 0;
    while (string >= first_string(m + 1)) ++m;
    return m;
  }
  static constexpr double probability(int string) {
    return 1. / ((MostOperators + 1) * double(1 << 2 * operators_of(string)));
  }
  // The symbol at moment t.
  static constexpr int symbol(int string, int t) {
    const int m = operators_of(string), code = string - first_string(m);
    if (t > 2 * m) return padding;
    return t % 2 == 0 ? x : first_operator + (code >> (2 * m - t - 1)) % operators;
  }
  // With its padding.
  static std::string text(int string) {
    std::string all;
    for (int t = 0; t < length; ++t) all += characters[symbol(string, t)];
    return all;
  }

  // Writes the real string that two words choose to place s of a tile, one-hot.
  template <class V, int Tile>
  GUMBELCUDA_INLINE static void draw(const word_of<V>* words, int s, symbol_tile<V, symbols, length, Tile>& to) {
    constexpr std::uint32_t share = 0xffffffffu / (MostOperators + 1) + 1;
    write(to.at[0], s, V(1), V(0), [](int) { return V(0); });
    word_of<V> rest = words[1];
    GUMBELCUDA_ROLLED
    for (int i = 0; i < MostOperators; ++i) {
      const V longer = select(word_in_range<V>(words[0], std::uint32_t(i + 1) * share, ~0u), V(1), V(0)),
              over = V(1) - longer;
      write(to.at[2 * i + 1], s, V(0), over, [&](int k) {
        const auto first = std::uint32_t(k) << 30;
        return select(word_in_range<V>(rest, first, first + ((1u << 30) - 1)), longer, V(0));
      });
      write(to.at[2 * i + 2], s, longer, over, [](int) { return V(0); });
      rest = shift_left<2>(rest);
    }
    write(to.at[length - 1], s, V(0), V(1), [](int) { return V(0); });
  }

  // The probabilities that a generator which is fed its hard symbols back gives to each padded string, for each of
  // `Temperatures` factors 1/α on its logits: out[temperature·strings + string]. A walk through the tree of prefixes,
  // depth first, with the four operators after a prefix as a tile.
  template <int H, int Temperatures, class V>
  GUMBELCUDA_INLINE static void law(const V* w, const float (&inverse_temperature)[Temperatures], V* out) {
    using walker = prefix_walker<H, Temperatures, V>;
    typename walker::siblings at[MostOperators + 1], other[2];
    walker walk{w, inverse_temperature, {}};
    walk.begin(other[0]);
    walk.step(other[0], nullptr, nullptr, x, at[0]);
    walk.finish(at[0], length - 1, other);
    GUMBELCUDA_ROLLED
    for (int i = 0; i < Temperatures; ++i) out[i * strings] = walk.end[i][0];
    // prefix[m]: the number, among those with m operators, of the string whose continuations are at[m + 1].
    int m = 0, child[MostOperators + 1] = {}, prefix[MostOperators + 1] = {};
    GUMBELCUDA_ROLLED
    while (true) {
      if (m > 0) prefix[m] = operators * prefix[m - 1] + child[m];
      const int parent[] = {child[m], child[m], child[m], child[m]}, each[] = {1, 2, 3, 4};
      walk.step(at[m], parent, each, 0, other[0]);
      walk.step(other[0], nullptr, nullptr, x, at[m + 1]);
      walk.finish(at[m + 1], length - 2 * (m + 1) - 1, other);
      GUMBELCUDA_ROLLED
      for (int i = 0; i < Temperatures; ++i) GUMBELCUDA_ROLLED
      for (int s = 0; s < operators; ++s)
        out[i * strings + first_string(m + 1) + operators * prefix[m] + s] = walk.end[i][s];
      if (m + 1 < MostOperators) {
        child[++m] = 0;
      } else {
        while (m > 0 && ++child[m] == operators) --m;
        if (m == 0) return;
      }
    }
  }

 private:
  template <class V, int Tile, class Operator>
  GUMBELCUDA_INLINE static void write(V (&to)[symbols][Tile], int s, V is_x, V is_padding, Operator is_operator) {
    to[x][s] = is_x;
    for (int k = 0; k < operators; ++k) to[first_operator + k][s] = is_operator(k);
    to[padding][s] = is_padding;
  }

  template <int H, int Temperatures, class V>
  struct prefix_walker {
    using network = generator<H, symbols, length>;
    // Four prefixes of the same length: the network after them, their probabilities, and those of the next symbol.
    struct siblings {
      lstm_tape<V, symbols, H, 1, operators> tape;
      V probability[Temperatures][operators];
      V next[Temperatures][symbols][operators];
    };

    const V* w;
    const float (&inverse_temperature)[Temperatures];
    V end[Temperatures][operators];  // what finish() finds

    // The empty prefix.
    GUMBELCUDA_INLINE void begin(siblings& to) {
      network::cell::begin(to.tape);
      GUMBELCUDA_ROLLED
      for (int s = 0; s < operators; ++s) {
        for (int k = 0; k < symbols; ++k) to.tape.input[0][k][s] = V(0);
        GUMBELCUDA_ROLLED
        for (int i = 0; i < Temperatures; ++i) to.probability[i][s] = V(1);
      }
      look_ahead(to);
    }
    // A symbol more: `symbol`, or of[s] for each; after prefix parent[s] of `from`, or s.
    GUMBELCUDA_OUT_OF_LINE void step(const siblings& from, const int* parent, const int* of, int symbol, siblings& to) {
      GUMBELCUDA_ROLLED
      for (int s = 0; s < operators; ++s) {
        const int of_parent = parent ? parent[s] : s, k_of_s = of ? of[s] : symbol;
        for (int k = 0; k < symbols; ++k) to.tape.input[0][k][s] = V(k == k_of_s ? 1.f : 0.f);
        GUMBELCUDA_ROLLED
        for (int j = 0; j < H; ++j) {
          to.tape.input[0][symbols + j][s] = from.tape.output(0)[j][of_parent];
          to.tape.cell[0][j][s] = from.tape.cell[1][j][of_parent];
        }
        GUMBELCUDA_ROLLED
        for (int i = 0; i < Temperatures; ++i)
          to.probability[i][s] = from.probability[i][of_parent] * from.next[i][k_of_s][of_parent];
      }
      look_ahead(to);
    }
    // The probabilities of the prefixes with `count` ≥ 1 symbols of padding after them.
    GUMBELCUDA_INLINE void finish(const siblings& from, int count, siblings (&other)[2]) {
      const siblings* last = &from;
      GUMBELCUDA_ROLLED
      for (int n = 1; n < count; ++n) {
        step(*last, nullptr, nullptr, padding, other[n % 2]);
        last = &other[n % 2];
      }
      GUMBELCUDA_ROLLED
      for (int i = 0; i < Temperatures; ++i) GUMBELCUDA_ROLLED
      for (int s = 0; s < operators; ++s) end[i][s] = last->probability[i][s] * last->next[i][padding][s];
    }

   private:
    GUMBELCUDA_INLINE void look_ahead(siblings& at) {
      network::cell::forward(w, at.tape, 0);
      V logits[symbols][operators];
      network::write_logits(w, at.tape, 0, logits);
      GUMBELCUDA_ROLLED
      for (int i = 0; i < Temperatures; ++i) GUMBELCUDA_ROLLED
      for (int s = 0; s < operators; ++s) {
        V p[symbols];
        for (int k = 0; k < symbols; ++k) p[k] = logits[k][s];
        tempered_softmax(p, p, V(inverse_temperature[i]), fixed<symbols>{});
        for (int k = 0; k < symbols; ++k) at.next[i][k][s] = p[k];
      }
    }
  };
};

// Up to 12 characters: 1,365 strings.
using grammar = expressions<5>;

}  // namespace sequences
GUMBELCUDA_MODEL_END
