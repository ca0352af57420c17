// SPDX-License-Identifier: Apache-2.0
// Tempered softmax of one row and its vector-Jacobian product: the relaxation y = softmax((logits + gumbel)/τ) of Jang,
// Gu, Poole (arXiv:1611.01144) and Maddison, Mnih, Teh (arXiv:1611.00712). A row has 1 element or more; `count` says
// where it lies (math/row.hpp).
#pragma once

#include "gumbelcuda/math/elementary.hpp"
#include "gumbelcuda/math/gumbel.hpp"
#include "gumbelcuda/math/row.hpp"
#include "gumbelcuda/math/sum.hpp"

GUMBELCUDA_MATH_BEGIN

// 1/τ, bounded by half the largest number, so that τ = 0 (and a τ below 5.9e-39, double: 1.1e-308) is the limit of
// small τ. Under that bound the gap of the maximum stays 0, and any other gap above 5.2e-37 (double: 8e-306) becomes
// one whose exp is 0. Smaller gaps, which only scores next to 0 can have, count as ties. Input: τ ≥ 0, −0 included,
// finite. Error: half an ulp.
template <class V>
GUMBELCUDA_INLINE V inverse_temperature(V temperature) {
  return min(V(1) / abs(temperature),
             V(scalar_of<V>(sizeof(scalar_of<V>) == 4 ? 0x1.fffffep+126 : 0x1.fffffffffffffp+1022)));
}

// d(z/τ)/dz as the backward pass uses it: 1/τ; 0 at τ = 0, where y is constant almost everywhere.
template <class V>
GUMBELCUDA_INLINE V gradient_scale(V temperature) {
  return select(temperature > V(0), inverse_temperature(temperature), V(0));
}

// (z − top)/τ for the scores z of a row with the largest score `top`. It is computed from 1/τ and from halves: the
// difference of two numbers can overflow although its quotient by a large τ would not. Halving and doubling are exact
// for all differences but those below 2^-125 (double: 2^-1021), and the fused multiplication costs no more than the
// subtraction that it replaces.
template <class V>
class tempered_gap {
 public:
  tempered_gap() = default;
  GUMBELCUDA_INLINE tempered_gap(V top, V inverse_temperature)
      : minus_half_top_(top * V(scalar_of<V>(-0.5))), scale_(inverse_temperature + inverse_temperature) {}
  GUMBELCUDA_INLINE V operator()(V z) const { return half_difference(z) * scale_; }
  // The two factors of the gap.
  GUMBELCUDA_INLINE V half_difference(V z) const { return fma(z, V(scalar_of<V>(0.5)), minus_half_top_); }
  GUMBELCUDA_INLINE V scale() const { return scale_; }

 private:
  V minus_half_top_, scale_;
};

// The terms of one class: the exponential of a softmax, at τ = 1 without a gap object; and the gradient from a class's
// d_y, from which the pivot (below) has been subtracted.
template <class V>
GUMBELCUDA_INLINE V softmax_term(V z, const tempered_gap<V>& gap) {
  return exp_nonpositive(gap(z));
}
template <class V>
GUMBELCUDA_INLINE V softmax_term(V z, V top) {
  return exp_nonpositive(z - top);
}
template <class V>
GUMBELCUDA_INLINE V softmax_term_vjp(V y, V d_y, V mean, V gradient_scale) {
  return (y * (d_y - mean)) * gradient_scale;
}

// y = softmax(z·inverse_temperature); z and y may be the same row. Input: z below +inf; −inf masks a class. Output: in
// [0, 1], with sum 1 up to rounding. The maximum is subtracted before the scaling, and as halves, so any temperature is
// safe, whatever the spread of z. An entry further than 87.3·τ below the maximum is exactly 0, and a row whose other
// entries are all so far below is exactly one-hot. Error, relative and in units of 2^-23 (double: 2^-52):
// 1.1 + 1.5·|z_k − z_max|/τ for the exponential, the same for the other exponentials as far as they count in the sum,
// and half a unit for each addition, the division and the product. A row with a NaN, a +inf or nothing above −inf gives
// NaN; nothing is checked here.
template <class V, class Count, class Divide = plain_division>
GUMBELCUDA_INLINE void tempered_softmax(const V* z, V* y, V inverse_temperature, Count count, Divide divide = {}) {
  const tempered_gap<V> gap(row_max(z, count), inverse_temperature);
  GUMBELCUDA_UNROLL_ON_GPU
  for (int k = 0; k < count; ++k) y[k] = softmax_term(z[k], gap);
  const V scale = divide(V(1), ordered_sum<V>(count, [&](int k) { return y[k]; }));
  GUMBELCUDA_UNROLL_ON_GPU
  for (int k = 0; k < count; ++k) y[k] = y[k] * scale;
}

// y = softmax((logits + g)/τ), with the noise g_k taken from words[k·stride]. y must not be logits.
template <class V, class Count>
GUMBELCUDA_INLINE void gumbel_softmax(const V* logits, const word_of<V>* words, int stride, V* y, V inverse_temperature,
                                      Count count) {
  gumbel_scores(logits, words, stride, y, count);
  tempered_softmax(y, y, inverse_temperature, count);
}

// Vector-Jacobian product of y = softmax(z/τ): from d_y = dL/dy to dL/dz_k = y_k·(d_y_k − Σ_j y_j·d_y_j)/τ.
// `gradient_scale` is 1/τ, see above. d_y and d_z may be the same row. Input: y as tempered_softmax gives it; d_y and
// its differences finite. The result is exactly 0 where y_k is, and everywhere if y is one-hot.
//
// The pivot, d_y of the largest entry, is first subtracted from all d_y. This changes nothing but the rounding: near
// one-hot, that d_y and the mean agree in all their digits, so their difference would be nothing but error, which 1/τ
// and Adam's normalisation would bring to full size.
template <class V, class Count>
GUMBELCUDA_INLINE void tempered_softmax_vjp(const V* y, const V* d_y, V* d_z, V gradient_scale, Count count) {
  const V top = row_max(y, count);
  const V pivot = row_first(
      count, d_y[0], [&](int k) { return y[k] == top; }, [&](int k) { return d_y[k]; });
  GUMBELCUDA_UNROLL_ON_GPU
  for (int k = 0; k < count; ++k) d_z[k] = d_y[k] - pivot;
  const V mean = ordered_sum<V>(count, [&](int k) { return y[k] * d_z[k]; });
  GUMBELCUDA_UNROLL_ON_GPU
  for (int k = 0; k < count; ++k) d_z[k] = softmax_term_vjp(y[k], d_z[k], mean, gradient_scale);
}

// dL/dτ of the same: −Σ_k (dL/dz_k)·(z_k − z_max)/τ, from the d_z of tempered_softmax_vjp.
template <class V, class Count>
GUMBELCUDA_INLINE V temperature_vjp(const V* z, const V* d_z, V gradient_scale, Count count) {
  const tempered_gap<V> gap(row_max(z, count), gradient_scale);
  const V total = ordered_sum<V>(count, [&](int k) {
    // An exact zero stays zero, also where z is −inf.
    return select(d_z[k] == V(0), V(0), d_z[k] * gap.half_difference(z[k]));
  });
  return -total * gap.scale();
}

GUMBELCUDA_MATH_END
