// SPDX-License-Identifier: Apache-2.0
// The generator of sequences: an LSTM whose output at each moment is a row of logits, of which a Gumbel-softmax sample
// or its argmax is the next moment's input. Forward with noise or with given symbols, backward, for a tile of
// sequences.
#pragma once

#include <gumbelcuda/math/conditional.hpp>

#include "lstm.hpp"

GUMBELCUDA_MODEL_BEGIN
namespace sequences {

// How the generator's gradient goes through a symbol that the discriminator has seen; z = logits + Gumbel noise,
// y = softmax(z/τ).
enum class estimator {
  relaxed,           // the discriminator sees y
  straight_through,  // it sees the one-hot argmax of z; the gradient goes through y      Jang et al., 1611.01144
  gumbel_rao         // the same; through y given the argmax, several times, averaged     Paulus et al., 2010.04838
};

// What the generator gets as the symbol before.
enum class feedback {
  hard,              // the one-hot argmax of z; no gradient goes through it
  straight_through,  // the same; the gradient goes through y
  soft               // y
};

// Symbols of `Tile` sequences at each of `Steps` moments.
template <class V, int Symbols, int Steps, int Tile>
struct symbol_tile {
  V at[Steps][Symbols][Tile];
};

template <int H, int Symbols, int Steps>
struct generator {
  using cell = lstm<Symbols, H>;
  static constexpr int symbols = Symbols, steps = Steps, parameters = cell::parameters + Symbols * (H + 1);
  // Words of noise for a sequence, a word for each symbol at each moment, and the blocks that they take.
  static constexpr int words = Symbols * Steps, blocks = (words + 3) / 4;

  // The number of the weight of unit n in logit k; n = H: the bias.
  GUMBELCUDA_HD static constexpr int output_weight(int k, int n) { return cell::parameters + k * (H + 1) + n; }

  template <class V, int Tile>
  using tile_of = symbol_tile<V, Symbols, Steps, Tile>;
  template <class V, int Tile>
  struct tape {
    typename cell::template tape<V, Steps, Tile> of_cell;
    tile_of<V, Tile> logits, relaxed, one_hot;
  };

  // The logits after moment t, of each sequence.
  template <class V, int MostSteps, int Tile>
  GUMBELCUDA_INLINE static void write_logits(const V* w, const lstm_tape<V, Symbols, H, MostSteps, Tile>& tape, int t,
                                             V (*logits)[Tile]) {
    const auto h = tape.output(t);
    GUMBELCUDA_ROLLED
    for (int k = 0; k < Symbols; k += 2) GUMBELCUDA_ROLLED
    for (int s = 0; s < Tile; s += 2) {
      const V *const row_0 = w + output_weight(k, 0), *const row_1 = w + output_weight(k + 1, 0);
      V sum[2][2] = {{row_0[H], row_0[H]}, {row_1[H], row_1[H]}};
      add_products(
          H, sum, [&](int i, int n) -> const V& { return i == 0 ? row_0[n] : row_1[n]; },
          [&](int n, int i) -> const V& { return h[n][s + i]; });
      for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 2; ++j) logits[k + i][s + j] = sum[i][j];
    }
  }
  // One moment of one sequence: from the logits and a word for each symbol.
  template <class V, int Tile>
  GUMBELCUDA_INLINE static void sample_symbol(tape<V, Tile>& tape, int t, int s, const word_of<V>* words,
                                              V inverse_temperature) {
    V logits[Symbols], z[Symbols], one_hot[Symbols];
    for (int k = 0; k < Symbols; ++k) logits[k] = tape.logits.at[t][k][s];
    gumbel_scores(logits, words, 1, z, fixed<Symbols>{});
    one_hot_of_largest(z, one_hot, fixed<Symbols>{});
    tempered_softmax(z, z, inverse_temperature, fixed<Symbols>{});
    for (int k = 0; k < Symbols; ++k) tape.relaxed.at[t][k][s] = z[k], tape.one_hot.at[t][k][s] = one_hot[k];
  }

  // Samples a tile of sequences. words: those of sequence s, moment t and symbol k are words[s][t·Symbols + k].
  template <class V, int Tile>
  GUMBELCUDA_OUT_OF_LINE static void sample(const V* w, tape<V, Tile>& tape, const word_of<V> (*words)[4 * blocks],
                                            V temperature, feedback fed_back) {
    const V inverse = inverse_temperature(temperature);
    cell::begin(tape.of_cell);
    GUMBELCUDA_ROLLED
    for (int t = 0; t < Steps; ++t) {
      feed(tape.of_cell, t, fed_back == feedback::soft ? tape.relaxed : tape.one_hot);
      cell::forward(w, tape.of_cell, t);
      write_logits(w, tape.of_cell, t, tape.logits.at[t]);
      GUMBELCUDA_ROLLED
      for (int s = 0; s < Tile; ++s) sample_symbol(tape, t, s, words[s] + t * Symbols, inverse);
    }
  }
  // The logits if the sequences are those of `given` (teacher forcing).
  template <class V, int Tile>
  GUMBELCUDA_OUT_OF_LINE static void follow(const V* w, tape<V, Tile>& tape, const tile_of<V, Tile>& given) {
    cell::begin(tape.of_cell);
    GUMBELCUDA_ROLLED
    for (int t = 0; t < Steps; ++t) {
      feed(tape.of_cell, t, given);
      cell::forward(w, tape.of_cell, t);
      write_logits(w, tape.of_cell, t, tape.logits.at[t]);
    }
  }

  // Adds the weights' gradient to d_w. d_logits_at(t, d_fed_back, d_logits) writes the gradient of moment t's logits,
  // given that of its symbols as the input of moment t + 1, which is null at the last moment, and always if Fed is
  // false: then no gradient goes through what is fed back.
  template <bool Fed, class V, int Tile, class LogitsGradient>
  GUMBELCUDA_INLINE static void backward(const V* w, const tape<V, Tile>& tape, V* d_w, LogitsGradient d_logits_at) {
    typename cell::template gradient<V, Tile> d = {};
    GUMBELCUDA_ROLLED
    for (int j = 0; j < H; ++j) GUMBELCUDA_ROLLED
    for (int s = 0; s < Tile; ++s) d.output[j][s] = d.cell[j][s] = V(0);
    V d_input[Symbols][Tile], d_logits[Symbols][Tile];
    GUMBELCUDA_ROLLED
    for (int t = Steps - 1; t >= 0; --t) {
      d_logits_at(t, Fed && t < Steps - 1 ? d_input : nullptr, d_logits);
      back_to_units(w, tape.of_cell, t, d_logits, d, d_w);
      cell::template backward<true, Fed>(w, tape.of_cell, t, d, d_w, d_input);
    }
  }

  // The gradient of one sequence's logits at moment t: d_seen is that of the symbol which the discriminator saw, d_fed
  // that of the symbol which was fed back; both go through y, but for gumbel_rao d_seen goes through `inner` samples of
  // y given the argmax. word(m): the words of inner sample m. d_logits may be d_fed.
  template <class V, int Tile, class Word>
  GUMBELCUDA_INLINE static void symbol_gradient(const tape<V, Tile>& tape, int t, int s, estimator by, const V* d_seen,
                                                const V* d_fed, V temperature, int inner, Word word, V* d_logits) {
    const V scale = generator_gradient_scale(temperature);
    V y[Symbols], d_y[Symbols];
    for (int k = 0; k < Symbols; ++k) y[k] = tape.relaxed.at[t][k][s];
    for (int k = 0; k < Symbols; ++k) d_y[k] = by == estimator::gumbel_rao ? d_fed[k] : d_seen[k] + d_fed[k];
    tempered_softmax_vjp(y, d_y, d_logits, scale, fixed<Symbols>{});
    if (by != estimator::gumbel_rao) return;
    V logits[Symbols], one_hot[Symbols], sum[Symbols];
    for (int k = 0; k < Symbols; ++k) {
      logits[k] = tape.logits.at[t][k][s], one_hot[k] = tape.one_hot.at[t][k][s];
      sum[k] = V(0);
    }
    const V log_total = log_normalizer_of(logits, fixed<Symbols>{});
    GUMBELCUDA_ROLLED
    for (int m = 0; m < inner; ++m) {
      scores_given_largest(logits, one_hot, word(m), 1, log_total, y, fixed<Symbols>{});
      tempered_softmax(y, y, inverse_temperature(temperature), fixed<Symbols>{});
      tempered_softmax_vjp(y, d_seen, d_y, scale, fixed<Symbols>{});
      for (int k = 0; k < Symbols; ++k) sum[k] = sum[k] + d_y[k];
    }
    for (int k = 0; k < Symbols; ++k) d_logits[k] = d_logits[k] + sum[k] / V(scalar_of<V>(inner));
  }

 private:
  // The input of moment t: the symbols of the moment before, zeros at the first.
  template <class V, int Tile>
  GUMBELCUDA_INLINE static void feed(typename cell::template tape<V, Steps, Tile>& tape, int t,
                                     const tile_of<V, Tile>& from) {
    for (int k = 0; k < Symbols; ++k) GUMBELCUDA_ROLLED
    for (int s = 0; s < Tile; ++s) tape.input[t][k][s] = t == 0 ? V(0) : from.at[t - 1][k][s];
  }
  // From the logits of moment t to the units and the weights between them.
  template <class V, int Tile>
  GUMBELCUDA_INLINE static void back_to_units(const V* w, const typename cell::template tape<V, Steps, Tile>& tape,
                                              int t, const V (*d_logits)[Tile], lstm_gradient<V, H, Tile>& d, V* d_w) {
    const auto h = tape.output(t);
    GUMBELCUDA_ROLLED
    for (int n = 0; n < H; n += 2) {
      GUMBELCUDA_ROLLED
      for (int s = 0; s < Tile; s += 2) {
        V sum[2][2] = {{d.output[n][s], d.output[n][s + 1]}, {d.output[n + 1][s], d.output[n + 1][s + 1]}};
        add_products(
            Symbols, sum, [&](int i, int k) -> const V& { return w[output_weight(k, n + i)]; },
            [&](int k, int i) -> const V& { return d_logits[k][s + i]; });
        for (int i = 0; i < 2; ++i)
          for (int j = 0; j < 2; ++j) d.output[n + i][s + j] = sum[i][j];
      }
      GUMBELCUDA_ROLLED
      for (int k = 0; k < Symbols; k += 2) {
        V *const row_0 = d_w + output_weight(k, n), *const row_1 = d_w + output_weight(k + 1, n);
        V sum[2][2] = {{row_0[0], row_0[1]}, {row_1[0], row_1[1]}};
        add_products(
            Tile, sum, [&](int i, int s) -> const V& { return d_logits[k + i][s]; },
            [&](int s, int i) -> const V& { return h[n + i][s]; });
        for (int i = 0; i < 2; ++i) row_0[i] = sum[0][i], row_1[i] = sum[1][i];
      }
    }
    for (int k = 0; k < Symbols; ++k) GUMBELCUDA_ROLLED
    for (int s = 0; s < Tile; ++s) d_w[output_weight(k, H)] = d_w[output_weight(k, H)] + d_logits[k][s];
  }
};

}  // namespace sequences
GUMBELCUDA_MODEL_END
