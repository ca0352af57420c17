// SPDX-License-Identifier: Apache-2.0
// An LSTM's cell (Hochreiter, Schmidhuber, 1997; with forget gates, Gers et al., 2000), forward and backward through
// time, for a tile of sequences at once: each weight is loaded for several sequences, and lanes are the models.
#pragma once

#include <gumbelcuda/math/activation.hpp>
#include <gumbelcuda/model_fleet.hpp>

GUMBELCUDA_MODEL_BEGIN
namespace sequences {

// sum[i][j] += Σ_k left(i, k)·right(k, j): four sums at once, each operand in two of them. The order of each sum is
// that of k.
template <class V, class Left, class Right>
GUMBELCUDA_INLINE void add_products(int count, V (&sum)[2][2], Left left, Right right) {
  V s00 = sum[0][0], s01 = sum[0][1], s10 = sum[1][0], s11 = sum[1][1];
  GUMBELCUDA_ROLLED
  for (int k = 0; k < count; ++k) {
    const V &a0 = left(0, k), &a1 = left(1, k), &b0 = right(k, 0), &b1 = right(k, 1);
    s00 = fma(a0, b0, s00);
    s01 = fma(a0, b1, s01);
    s10 = fma(a1, b0, s10);
    s11 = fma(a1, b1, s11);
  }
  sum[0][0] = s00, sum[0][1] = s01, sum[1][0] = s10, sum[1][1] = s11;
}

// What a cell's backward pass needs to know about `Steps` moments of `Tile` sequences. input[t]: the input at moment t,
// then the units' outputs of the moment before, those of the last moment in input[Steps]. cell[t]: the cells' state
// before moment t.
template <class V, int Inputs, int Units, int Steps, int Tile>
struct lstm_tape {
  V input[Steps + 1][Inputs + Units][Tile];
  V cell[Steps + 1][Units][Tile];
  V tanh_cell[Steps][Units][Tile];
  V gate[Steps][4][Units][Tile];

  // The units' outputs after moment t.
  GUMBELCUDA_INLINE const V (*output(int t) const)[Tile] { return input[t + 1] + Inputs; }
};

// Gradients that travel from a moment to the one before.
template <class V, int Units, int Tile>
struct lstm_gradient {
  V output[Units][Tile], cell[Units][Tile];
};

template <int Inputs, int Units>
struct lstm {
  static_assert(Inputs % 2 == 0 && Units % 2 == 0, "inputs and units are taken in pairs");
  static constexpr int sources = Inputs + Units, parameters = 4 * Units * (sources + 1);
  // The order of PyTorch's nn.LSTM: input, forget, cell, output.
  enum gate { input_gate, forget_gate, candidate, output_gate };

  // Numbers of parameters. Each unit has a row in each gate: the weights of the inputs, those of the units, and the
  // bias.
  GUMBELCUDA_HD static constexpr int row(int gate, int unit) { return (gate * Units + unit) * (sources + 1); }
  static constexpr int bias = sources;

  template <class V, int Steps, int Tile>
  using tape = lstm_tape<V, Inputs, Units, Steps, Tile>;
  template <class V, int Tile>
  using gradient = lstm_gradient<V, Units, Tile>;

  template <class V, int Steps, int Tile>
  GUMBELCUDA_INLINE static void begin(tape<V, Steps, Tile>& tape) {
    GUMBELCUDA_ROLLED
    for (int j = 0; j < Units; ++j) GUMBELCUDA_ROLLED
    for (int s = 0; s < Tile; ++s) tape.input[0][Inputs + j][s] = tape.cell[0][j][s] = V(0);
  }

  // Moment t, whose input the caller has written to tape.input[t].
  template <class V, int Steps, int Tile>
  GUMBELCUDA_OUT_OF_LINE static void forward(const V* w, tape<V, Steps, Tile>& tape, int t) {
    static_assert(Tile % 2 == 0, "sequences are taken in pairs");
    const auto& x = tape.input[t];
    GUMBELCUDA_ROLLED
    for (int j = 0; j < Units; ++j) GUMBELCUDA_ROLLED
    for (int s = 0; s < Tile; s += 2) {
      V z[4][2];
      GUMBELCUDA_ROLLED
      for (int g = 0; g < 4; g += 2) {
        const V *const row_0 = w + row(g, j), *const row_1 = w + row(g + 1, j);
        V sum[2][2] = {{row_0[bias], row_0[bias]}, {row_1[bias], row_1[bias]}};
        add_products(
            sources, sum, [&](int i, int n) -> const V& { return i == 0 ? row_0[n] : row_1[n]; },
            [&](int n, int i) -> const V& { return x[n][s + i]; });
        for (int i = 0; i < 2; ++i) z[g][i] = sum[0][i], z[g + 1][i] = sum[1][i];
      }
      for (int i = 0; i < 2; ++i) {
        const V in = sigmoid(z[input_gate][i]), forget = sigmoid(z[forget_gate][i]), c = tanh(z[candidate][i]),
                out = sigmoid(z[output_gate][i]), cell = fma(in, c, forget * tape.cell[t][j][s + i]),
                tanh_cell = tanh(cell);
        tape.gate[t][input_gate][j][s + i] = in;
        tape.gate[t][forget_gate][j][s + i] = forget;
        tape.gate[t][candidate][j][s + i] = c;
        tape.gate[t][output_gate][j][s + i] = out;
        tape.cell[t + 1][j][s + i] = cell;
        tape.tanh_cell[t][j][s + i] = tanh_cell;
        tape.input[t + 1][Inputs + j][s + i] = out * tanh_cell;
      }
    }
  }

  // Back through moment t. `d`: the gradient of the outputs and cells after moment t, which becomes that of those
  // before it. To d_w it adds the weights' if Weights, and to d_input it writes that of the moment's input if Inward.
  template <bool Weights, bool Inward, class V, int Steps, int Tile>
  GUMBELCUDA_OUT_OF_LINE static void backward(const V* w, const tape<V, Steps, Tile>& tape, int t, gradient<V, Tile>& d,
                                              V* d_w, V (*d_input)[Tile]) {
    const auto& x = tape.input[t];
    V d_z[4 * Units][Tile];
    GUMBELCUDA_ROLLED
    for (int j = 0; j < Units; ++j) GUMBELCUDA_ROLLED
    for (int s = 0; s < Tile; ++s) {
      const V in = tape.gate[t][input_gate][j][s], forget = tape.gate[t][forget_gate][j][s],
              c = tape.gate[t][candidate][j][s], out = tape.gate[t][output_gate][j][s],
              tanh_cell = tape.tanh_cell[t][j][s], d_out = d.output[j][s],
              d_cell = fma(d_out * out, V(1) - tanh_cell * tanh_cell, d.cell[j][s]);
      d_z[input_gate * Units + j][s] = d_cell * c * (in * (V(1) - in));
      d_z[forget_gate * Units + j][s] = d_cell * tape.cell[t][j][s] * (forget * (V(1) - forget));
      d_z[candidate * Units + j][s] = d_cell * in * (V(1) - c * c);
      d_z[output_gate * Units + j][s] = d_out * tanh_cell * (out * (V(1) - out));
      d.cell[j][s] = d_cell * forget;
    }
    GUMBELCUDA_ROLLED
    for (int n = Inward ? 0 : Inputs; n < sources; n += 2) GUMBELCUDA_ROLLED
    for (int s = 0; s < Tile; s += 2) {
      V sum[2][2] = {{V(0), V(0)}, {V(0), V(0)}};
      add_products(
          4 * Units, sum, [&](int i, int r) -> const V& { return w[r * (sources + 1) + n + i]; },
          [&](int r, int i) -> const V& { return d_z[r][s + i]; });
      for (int i = 0; i < 2; ++i)
        for (int k = 0; k < 2; ++k) {
          if (n < Inputs)
            d_input[n + i][s + k] = sum[i][k];
          else
            d.output[n - Inputs + i][s + k] = sum[i][k];
        }
    }
    if constexpr (Weights) GUMBELCUDA_ROLLED
    for (int r = 0; r < 4 * Units; r += 2) {
      V *const row_0 = d_w + r * (sources + 1), *const row_1 = row_0 + sources + 1;
      GUMBELCUDA_ROLLED
      for (int n = 0; n < sources; n += 2) {
        V sum[2][2] = {{row_0[n], row_0[n + 1]}, {row_1[n], row_1[n + 1]}};
        add_products(
            Tile, sum, [&](int i, int s) -> const V& { return d_z[r + i][s]; },
            [&](int s, int i) -> const V& { return x[n + i][s]; });
        for (int i = 0; i < 2; ++i) row_0[n + i] = sum[0][i], row_1[n + i] = sum[1][i];
      }
      GUMBELCUDA_ROLLED
      for (int s = 0; s < Tile; ++s) {
        row_0[bias] = row_0[bias] + d_z[r][s];
        row_1[bias] = row_1[bias] + d_z[r + 1][s];
      }
    }
  }
};

// Initial weights, uniform in ±1/√Units as PyTorch's nn.LSTM has them, but with one bias for its two. word(n): the word
// of parameter n.
template <class V, class Word>
GUMBELCUDA_INLINE void draw_weights(int units, int count, V* w, Word word) {
  const V limit = V(1) / sqrt(V(scalar_of<V>(units)));
  GUMBELCUDA_ROLLED
  for (int n = 0; n < count; ++n) w[n] = limit * uniform_signed<V>(word(n));
}

}  // namespace sequences
GUMBELCUDA_MODEL_END
