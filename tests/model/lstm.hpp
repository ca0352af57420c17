// SPDX-License-Identifier: Apache-2.0
// A model that fills the interface: an LSTM through time (Hochreiter, Schmidhuber, 1997; with forget gates, Gers et
// al., 2000) that predicts the next symbol of a sequence, some thousand parameters in one group.
#pragma once

#include "gumbelcuda/model_fleet.hpp"

namespace gumbelcuda::testing_models {

// H units, Steps symbols of C kinds a sequence, Batch sequences an update. A sequence begins anywhere, and each symbol
// is followed by the next one, cyclically.
template <int H, int Steps, int C, int Batch>
struct lstm {
  static constexpr int inputs = C + H + 1, gates = 4 * H * inputs;
  using parameters = parameter_groups<gates + C*(H + 1)>;
  static constexpr fixed<0> all{};
  static constexpr int outputs = 1, start_blocks = (parameters::total + 3) / 4, step_blocks = (Batch + 3) / 4;

  // Numbers of parameters: input n of unit j in gate g (symbols, then units, then 1); input n of output k.
  GUMBELCUDA_HD static constexpr int gate(int g, int j, int n) { return (g * H + j) * inputs + n; }
  GUMBELCUDA_HD static constexpr int output_weight(int k, int n) { return gates + k * (H + 1) + n; }

  template <class V>
  struct moment {
    V x[C], i[H], f[H], o[H], g[H], c[H], tanh_c[H], h[H], p[C];
  };
  template <class V>
  GUMBELCUDA_HD static V tanh(V x) {
    return V(2) * sigmoid(V(2) * x) - V(1);
  }

  // The activations of a sequence that begins with a one-hot symbol x, and its mean cross-entropy.
  template <class V>
  GUMBELCUDA_HD static V forward(const V* w, const V* x, moment<V> (&at)[Steps]) {
    V loss = V(0);
    for (int t = 0; t < Steps; ++t) {
      moment<V>& now = at[t];
      for (int k = 0; k < C; ++k) now.x[k] = t == 0 ? x[k] : at[t - 1].x[(k + C - 1) % C];
      for (int j = 0; j < H; ++j) {
        V z[4];
        for (int g = 0; g < 4; ++g) {
          z[g] = w[gate(g, j, C + H)];
          for (int k = 0; k < C; ++k) z[g] = fma(w[gate(g, j, k)], now.x[k], z[g]);
          for (int n = 0; t > 0 && n < H; ++n) z[g] = fma(w[gate(g, j, C + n)], at[t - 1].h[n], z[g]);
        }
        now.i[j] = sigmoid(z[0]);
        now.f[j] = sigmoid(z[1]);
        now.o[j] = sigmoid(z[2]);
        now.g[j] = tanh(z[3]);
        now.c[j] = now.i[j] * now.g[j] + (t > 0 ? now.f[j] * at[t - 1].c[j] : V(0));
        now.tanh_c[j] = tanh(now.c[j]);
        now.h[j] = now.o[j] * now.tanh_c[j];
      }
      for (int k = 0; k < C; ++k) {
        now.p[k] = w[output_weight(k, H)];
        for (int n = 0; n < H; ++n) now.p[k] = fma(w[output_weight(k, n)], now.h[n], now.p[k]);
      }
      tempered_softmax(now.p, now.p, V(1), fixed<C>{});
      for (int k = 0; k < C; ++k) loss = loss - now.x[(k + C - 1) % C] * log(now.p[k]);
    }
    return loss * V(1.f / Steps);
  }

  // The gradient of the same, back through time.
  template <class V>
  GUMBELCUDA_HD static void backward(const V* w, const moment<V> (&at)[Steps], V* d_w) {
    for (int n = 0; n < parameters::total; ++n) d_w[n] = V(0);
    V d_h[H], d_c[H];
    for (int j = 0; j < H; ++j) d_h[j] = d_c[j] = V(0);
    for (int t = Steps - 1; t >= 0; --t) {
      const moment<V>& now = at[t];
      for (int k = 0; k < C; ++k) {
        const V d_logit = (now.p[k] - now.x[(k + C - 1) % C]) * V(1.f / Steps);
        for (int n = 0; n < H; ++n) {
          d_w[output_weight(k, n)] = fma(d_logit, now.h[n], d_w[output_weight(k, n)]);
          d_h[n] = fma(d_logit, w[output_weight(k, n)], d_h[n]);
        }
        d_w[output_weight(k, H)] = d_w[output_weight(k, H)] + d_logit;
      }
      V d_z[4][H];
      for (int j = 0; j < H; ++j) {
        d_c[j] = d_c[j] + d_h[j] * now.o[j] * (V(1) - now.tanh_c[j] * now.tanh_c[j]);
        d_z[0][j] = d_c[j] * now.g[j] * now.i[j] * (V(1) - now.i[j]);
        d_z[1][j] = t > 0 ? d_c[j] * at[t - 1].c[j] * now.f[j] * (V(1) - now.f[j]) : V(0);
        d_z[2][j] = d_h[j] * now.tanh_c[j] * now.o[j] * (V(1) - now.o[j]);
        d_z[3][j] = d_c[j] * now.i[j] * (V(1) - now.g[j] * now.g[j]);
        d_c[j] = d_c[j] * now.f[j];
        d_h[j] = V(0);
      }
      for (int g = 0; g < 4; ++g)
        for (int j = 0; j < H; ++j) {
          for (int k = 0; k < C; ++k) d_w[gate(g, j, k)] = fma(d_z[g][j], now.x[k], d_w[gate(g, j, k)]);
          for (int n = 0; t > 0 && n < H; ++n) {
            d_w[gate(g, j, C + n)] = fma(d_z[g][j], at[t - 1].h[n], d_w[gate(g, j, C + n)]);
            d_h[n] = fma(d_z[g][j], w[gate(g, j, C + n)], d_h[n]);
          }
          d_w[gate(g, j, C + H)] = d_w[gate(g, j, C + H)] + d_z[g][j];
        }
    }
  }

  template <class V>
  GUMBELCUDA_HD static void first_symbol(word_of<V> word, V* x) {
    for (int k = 0; k < C; ++k) {
      constexpr std::uint32_t share = 0xffffffffu / C + 1;
      x[k] =
          select(word_in_range<V>(word, std::uint32_t(k) * share, k + 1 < C ? std::uint32_t(k + 1) * share - 1 : ~0u),
                 V(1), V(0));
    }
  }

  template <class Run, class V = typename Run::lane>
  GUMBELCUDA_HD void start(Run& run) const {
    for (int n = 0; n < parameters::total; ++n) run.parameters(all)[n] = V(.2f) * uniform_signed<V>(run.word(n));
  }
  template <class Run, class V = typename Run::lane>
  GUMBELCUDA_HD void step(Run& run) const {
    const V* const w = run.parameters(all);
    const auto gradient = run.sum(fixed<Batch>{}, fixed<parameters::total>{}, [&](int i, V* d_w) {
      V x[C];
      moment<V> at[Steps];
      first_symbol(run.word(i), x);
      forward(w, x, at);
      backward(w, at, d_w);
    });
    run.update(all, gradient, V(1.f / Batch));
  }
  // The mean cross-entropy over all sequences.
  template <class Run, class V = typename Run::lane>
  GUMBELCUDA_HD void output(const Run& run, V* loss) const {
    loss[0] = V(0);
    for (int first = 0; first < C; ++first) {
      V x[C];
      moment<V> at[Steps];
      for (int k = 0; k < C; ++k) x[k] = V(k == first ? 1.f : 0.f);
      loss[0] = loss[0] + forward(run.parameters(all), x, at) * V(1.f / C);
    }
  }
};

}  // namespace gumbelcuda::testing_models
