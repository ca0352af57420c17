// SPDX-License-Identifier: Apache-2.0
// The discriminator s(x) of a GAN of a sweep: hidden layers of a perceptron, none of them for logistic regression. Its
// value, its gradients, and the gradient of the penalty on its slope, for one sample a lane.
#pragma once

#include "gumbelcuda/detail/sweep/shape.hpp"
#include "gumbelcuda/math/activation.hpp"
#include "gumbelcuda/math/sum.hpp"

GUMBELCUDA_MATH_BEGIN

inline constexpr int max_units = max_hidden_layers * max_hidden_width;

// start + Σ w[i·stride]·x(i). Product i is added to sum i mod 4 by a fused multiplication, the first of which begins
// with `start`; then (0 + 2) + (1 + 3).
template <class V, class W, class Count, class X>
GUMBELCUDA_INLINE V layer_sum(V start, W w, int stride, Count length, X x) {
  V s[4] = {start, V(0), V(0), V(0)};
  int i = 0;
  for (; i + 4 <= length; i += 4) {
    GUMBELCUDA_UNROLL
    for (int j = 0; j < 4; ++j) s[j] = fma(w[(i + j) * stride], x[i + j], s[j]);
  }
  for (int j = 0; i + j < length; ++j) s[j] = fma(w[(i + j) * stride], x[i + j], s[j]);
  return (s[0] + s[2]) + (s[1] + s[3]);
}

// P: V*, or strided<V>. Units of all hidden layers are numbered together: those of layer l from first_unit(l) on.
// Classes: fixed<K>, if the first layer's inputs are known when compiling, or an int.
template <class V, class P, class Classes = int>
class perceptron {
 public:
  GUMBELCUDA_INLINE perceptron(const sweep_shape& shape, P parameters, Classes classes)
      : shape_(shape), parameters_(parameters), classes_(classes) {}

  // s(x), and the values h of the hidden units.
  GUMBELCUDA_INLINE V judge(const V* x, V* h) const {
    const V* in = x;
    for (int l = 0; l < shape_.problem.hidden_layers; ++l) {
      V* const out = h + first_unit(l);
      with_inputs(l, [&](auto inputs) {
        const P weights = weights_of(l), biases = biases_of(l);
        for (int o = 0; o < shape_.outputs(l); ++o) {
          const V sum = layer_sum<V>(biases[o], weights + o * inputs, 1, inputs, in);
          out[o] = is_tanh() ? tanh(sum) : leaky_relu(sum);
        }
      });
      in = out;
    }
    const int last = shape_.problem.hidden_layers;
    return layer_sum<V>(biases_of(last)[0], weights_of(last), 1, shape_.inputs(last), in);
  }

  // From d_s, the derivative with respect to s, to those with respect to the hidden units' values (d_h) and sums (d_a).
  GUMBELCUDA_INLINE void backward(V d_s, const V* h, V* d_h, V* d_a) const {
    const int last = shape_.problem.hidden_layers;
    if (last == 0) return;
    const int top = first_unit(last - 1);
    for (int i = 0; i < shape_.inputs(last); ++i) d_h[top + i] = d_s * weights_of(last)[i];
    for (int l = last - 1;; --l) {
      const int first = first_unit(l), outputs = shape_.outputs(l);
      for (int o = 0; o < outputs; ++o) d_a[first + o] = d_h[first + o] * slope(h[first + o]);
      if (l == 0) return;
      const int inputs = shape_.inputs(l);
      for (int i = 0; i < inputs; ++i)
        d_h[first_unit(l - 1) + i] = layer_sum<V>(V(0), weights_of(l) + i, inputs, outputs, d_a + first);
    }
  }

  // The derivative of s with respect to x, from d_a of backward(1, …).
  GUMBELCUDA_INLINE void input_gradient(const V* d_a, V* d_x) const {
    const P weights = weights_of(0);
    for (int k = 0; k < classes_; ++k)
      d_x[k] = shape_.problem.hidden_layers == 0 ? weights[k]
                                                 : layer_sum<V>(V(0), weights + k, classes_, shape_.outputs(0), d_a);
  }

  // Adds the derivatives with respect to the parameters, from those with respect to s and to the hidden units' sums.
  GUMBELCUDA_INLINE void add_gradient(V d_s, const V* x, const V* h, const V* d_a, P gradient) const {
    const V* in = x;
    for (int l = 0; l < shape_.layers(); ++l) {
      const bool is_last = l == shape_.problem.hidden_layers;
      add_layer(l, is_last ? &d_s : d_a + first_unit(l), in, gradient);
      const P biases = gradient + shape_.first_bias(l);
      for (int o = 0; o < shape_.outputs(l); ++o) biases[o] = biases[o] + (is_last ? d_s : d_a[first_unit(l) + o]);
      in = h + first_unit(l);
    }
  }

  // Adds the derivatives of (‖∇s(x)‖ − 1)²·λ with respect to the parameters. h: the hidden units' values at x.
  //
  // g_0 = ∇s(x) is itself computed by backward(): g_last = the last weights, e_l = g_l·φ′(a_l), g_(l−1) = W_lᵀ·e_l.
  // Going through that in reverse, from r_0 = the derivative with respect to g_0, gives what the weights add there, and
  // what the sums a_l add through φ′; the latter then go back through s(x)'s own layers.
  GUMBELCUDA_INLINE void add_penalty_gradient(V lambda, const V* h, const V* x, P gradient) const {
    V g[std::size_t(max_units)], e[std::size_t(max_units)], r[std::size_t(max_units)], d_a[std::size_t(max_units)];
    backward(V(1), h, g, e);
    V square = V(0);
    const P first_weights = weights_of(0);
    const int hidden = shape_.problem.hidden_layers, classes = shape_.classes;
    const auto g_0 = [&](int k) {
      return hidden == 0 ? first_weights[k] : layer_sum<V>(V(0), first_weights + k, classes, shape_.outputs(0), e);
    };
    for (int k = 0; k < classes; ++k) {
      const V component = g_0(k);
      square = fma(component, component, square);
    }
    const V norm = max(sqrt(square), V(scalar_of<V>(1e-12)));
    const V factor = (V(2) * lambda) * (V(1) - V(1) / norm);
    if (hidden == 0) {
      const P weights = gradient + shape_.first_weight(0);
      for (int k = 0; k < classes; ++k) weights[k] = weights[k] + factor * first_weights[k];
      return;
    }
    // r_1 from r_0 = factor·g_0, one class after another.
    for (int o = 0; o < shape_.outputs(0); ++o) r[o] = V(0);
    const P first_gradient = gradient + shape_.first_weight(0);
    for (int k = 0; k < classes; ++k) {
      const V r_0 = factor * g_0(k);
      for (int o = 0; o < shape_.outputs(0); ++o) {
        first_gradient[o * classes + k] = fma(e[o], r_0, first_gradient[o * classes + k]);
        r[o] = fma(first_weights[o * classes + k], r_0, r[o]);
      }
    }
    for (int l = 0;; ++l) {
      const int first = first_unit(l), outputs = shape_.outputs(l);
      for (int o = first; o < first + outputs; ++o) {
        const V r_e = r[o];  // with respect to e; from here on r is that with respect to g
        d_a[o] = (r_e * g[o]) * curvature(h[o]);
        r[o] = r_e * slope(h[o]);
      }
      if (l + 1 == hidden) break;
      add_layer(l + 1, e + first_unit(l + 1), r + first, gradient);
      for (int o = 0; o < shape_.outputs(l + 1); ++o)
        r[first_unit(l + 1) + o] = layer_sum<V>(V(0), weights_of(l + 1) + o * outputs, 1, outputs, r + first);
    }
    const V one = V(1);
    add_layer(hidden, &one, r + first_unit(hidden - 1), gradient);
    if (!is_tanh()) return;  // a kinked line has no curvature
    for (int l = hidden - 1;; --l) {
      const int first = first_unit(l), inputs = shape_.inputs(l), outputs = shape_.outputs(l);
      add_layer(l, d_a + first, l == 0 ? x : h + first_unit(l - 1), gradient);
      const P biases = gradient + shape_.first_bias(l);
      for (int o = 0; o < outputs; ++o) biases[o] = biases[o] + d_a[first + o];
      if (l == 0) return;
      for (int i = 0; i < inputs; ++i) {
        V& below = d_a[first_unit(l - 1) + i];
        below = fma(layer_sum<V>(V(0), weights_of(l) + i, inputs, outputs, d_a + first),
                    slope(h[first_unit(l - 1) + i]), below);
      }
    }
  }

 private:
  GUMBELCUDA_INLINE bool is_tanh() const { return shape_.problem.activation == gan_activation::tanh; }
  GUMBELCUDA_INLINE int first_unit(int layer) const {
    int before = 0;
    for (int l = 0; l < layer; ++l) before += shape_.outputs(l);
    return before;
  }
  GUMBELCUDA_INLINE P weights_of(int layer) const { return parameters_ + shape_.first_weight(layer); }
  GUMBELCUDA_INLINE P biases_of(int layer) const { return parameters_ + shape_.first_bias(layer); }
  // φ′ and φ″ of the unit whose value is h. A leaky unit's value has the sign of its sum.
  GUMBELCUDA_INLINE V slope(V h) const {
    if (is_tanh()) return negated_fma(h, h, V(-1));
    return select(h > V(0), V(1), V(scalar_of<V>(leaky_slope)));
  }
  GUMBELCUDA_INLINE V curvature(V h) const { return is_tanh() ? (V(-2) * h) * slope(h) : V(0); }
  // gradient[o][i] += d[o]·in[i] of a layer's weights.
  GUMBELCUDA_INLINE void add_layer(int layer, const V* d, const V* in, P gradient) const {
    with_inputs(layer, [&](auto inputs) {
      for (int o = 0; o < shape_.outputs(layer); ++o) {
        const P row = gradient + (shape_.first_weight(layer) + o * inputs);
        for (int i = 0; i < inputs; ++i) row[i] = fma(d[o], in[i], row[i]);
      }
    });
  }
  // Calls body(inputs of the layer), of which the first layer's may be known when compiling.
  template <class Body>
  GUMBELCUDA_INLINE void with_inputs(int layer, Body body) const {
    if constexpr (is_fixed<Classes>) {
      if (layer == 0) return body(classes_);
    }
    body(shape_.inputs(layer));
  }

  const sweep_shape& shape_;
  P parameters_;
  Classes classes_;
};

GUMBELCUDA_MATH_END
