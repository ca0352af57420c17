// SPDX-License-Identifier: Apache-2.0
// The discriminator of sequences: an LSTM that reads the symbols, and a logit after each; and the losses.
#pragma once

#include <gumbelcuda/math/loss.hpp>

#include "generator.hpp"

GUMBELCUDA_MODEL_BEGIN
namespace sequences {

// Which logits count: the one after the last symbol, or all, with the mean of their losses.
enum class judged { final, dense };

enum class loss {
  non_saturating,  // softplus(−s(real)) + softplus(s(fake)); the generator's softplus(−s(fake))    1406.2661
  hinge            // max(0, 1 − s(real)) + max(0, 1 + s(fake)); −s(fake)                           1705.02894
};

// Derivatives of the losses with respect to a logit.
template <class V>
GUMBELCUDA_INLINE V d_real_loss(loss of, V s, V label_smoothing) {
  // With the label 1 − ε: (1 − ε)·softplus(−s) + ε·softplus(s).
  if (of == loss::non_saturating) return d_cross_entropy_label_1(s) + label_smoothing;
  return select(s < V(1), V(-1), V(0));
}
template <class V>
GUMBELCUDA_INLINE V d_fake_loss(loss of, V s) {
  if (of == loss::non_saturating) return d_cross_entropy_label_0(s);
  return select(s > V(-1), V(1), V(0));
}
template <class V>
GUMBELCUDA_INLINE V d_generator_loss(loss of, V s) {
  return of == loss::non_saturating ? d_cross_entropy_label_1(s) : V(-1);
}

template <int D, int Symbols, int Steps>
struct discriminator {
  using cell = lstm<Symbols, D>;
  // After those of the cell: the logit's weights, and its bias.
  static constexpr int parameters = cell::parameters + D + 1, output_weights = cell::parameters;

  template <class V, int Tile>
  using tile_of = symbol_tile<V, Symbols, Steps, Tile>;
  template <class V, int Tile>
  struct tape {
    typename cell::template tape<V, Steps, Tile> of_cell;
    V logit[Steps][Tile];
  };

  template <class V, int Tile>
  GUMBELCUDA_OUT_OF_LINE static void forward(const V* w, tape<V, Tile>& tape, const tile_of<V, Tile>& seen) {
    cell::begin(tape.of_cell);
    GUMBELCUDA_ROLLED
    for (int t = 0; t < Steps; ++t) {
      for (int k = 0; k < Symbols; ++k) GUMBELCUDA_ROLLED
      for (int s = 0; s < Tile; ++s) tape.of_cell.input[t][k][s] = seen.at[t][k][s];
      cell::forward(w, tape.of_cell, t);
      const auto h = tape.of_cell.output(t);
      GUMBELCUDA_ROLLED
      for (int s = 0; s < Tile; ++s) {
        V sum = w[output_weights + D];
        GUMBELCUDA_ROLLED
        for (int n = 0; n < D; ++n) sum = fma(w[output_weights + n], h[n][s], sum);
        tape.logit[t][s] = sum;
      }
    }
  }

  // From the derivative d_loss(logit) of each loss that counts: adds the weights' gradient to d_w.
  template <class V, int Tile, class Loss>
  GUMBELCUDA_INLINE static void add_gradient(const V* w, const tape<V, Tile>& tape, judged which, V* d_w, Loss d_loss) {
    backward<true>(w, tape, which, d_w, static_cast<tile_of<V, Tile>*>(nullptr), d_loss);
  }
  // Writes the symbols' gradient to d_seen.
  template <class V, int Tile, class Loss>
  GUMBELCUDA_INLINE static void input_gradient(const V* w, const tape<V, Tile>& tape, judged which,
                                               tile_of<V, Tile>& d_seen, Loss d_loss) {
    backward<false>(w, tape, which, static_cast<V*>(nullptr), &d_seen, d_loss);
  }

 private:
  template <bool ToWeights, class V, int Tile, class Loss>
  GUMBELCUDA_INLINE static void backward(const V* w, const tape<V, Tile>& tape, judged which, V* d_w,
                                         tile_of<V, Tile>* d_seen, Loss d_loss) {
    lstm_gradient<V, D, Tile> d;
    GUMBELCUDA_ROLLED
    for (int j = 0; j < D; ++j) GUMBELCUDA_ROLLED
    for (int s = 0; s < Tile; ++s) d.output[j][s] = d.cell[j][s] = V(0);
    const V share = V(which == judged::dense ? scalar_of<V>(1) / scalar_of<V>(Steps) : scalar_of<V>(1));
    GUMBELCUDA_ROLLED
    for (int t = Steps - 1; t >= 0; --t) {
      if (which == judged::dense || t == Steps - 1) {
        const auto h = tape.of_cell.output(t);
        GUMBELCUDA_ROLLED
        for (int s = 0; s < Tile; ++s) {
          const V d_logit = d_loss(tape.logit[t][s]) * share;
          GUMBELCUDA_ROLLED
          for (int n = 0; n < D; ++n) {
            d.output[n][s] = fma(d_logit, w[output_weights + n], d.output[n][s]);
            if constexpr (ToWeights) d_w[output_weights + n] = fma(d_logit, h[n][s], d_w[output_weights + n]);
          }
          if constexpr (ToWeights) d_w[output_weights + D] = d_w[output_weights + D] + d_logit;
        }
      }
      cell::template backward<ToWeights, !ToWeights>(w, tape.of_cell, t, d, d_w, ToWeights ? nullptr : d_seen->at[t]);
    }
  }
};

}  // namespace sequences
GUMBELCUDA_MODEL_END
