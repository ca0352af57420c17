// SPDX-License-Identifier: Apache-2.0
// One toy GAN: a generator that is K logits followed by Gumbel-softmax, a discriminator that is logistic regression on
// K inputs, and what one sample adds to the gradient of each. All functions work on lanes; none draws noise.
#pragma once

#include "gumbelcuda/math/loss.hpp"
#include "gumbelcuda/math/optimizer.hpp"
#include "gumbelcuda/math/softmax.hpp"
#include "gumbelcuda/math/sum.hpp"

GUMBELCUDA_MATH_BEGIN

// Capacity: the largest number of classes that fits. The bias comes after the last weight, with index K. Logits have
// one place more than they need, so that both arrays have the same length. _m and _v are Adam's moments.
template <class V, int Capacity>
struct gan_state {
  static constexpr std::size_t places = std::size_t(Capacity) + 1;
  V logits[places], logits_m[places], logits_v[places];
  V weights[places], weights_m[places], weights_v[places];
};

// √(6/connections): the limit of uniform initial weights. Glorot: inputs and outputs together (Glorot, Bengio, AISTATS
// 2010, equation 16); He: the inputs (arXiv:1502.01852, equation 10).
template <class S>
GUMBELCUDA_INLINE S uniform_limit(int connections) {
  return sqrt(S(6) / S(connections));
}
// Glorot's for K inputs and one output.
template <class S>
GUMBELCUDA_INLINE S glorot_limit(int classes) {
  return uniform_limit<S>(classes + 1);
}

// All logits 1, bias 0, moments 0. Weights are Glorot-uniform from weight_word(k), the word of the class at place k.
template <class V, int Capacity, class Classes, class WeightWord>
GUMBELCUDA_INLINE void initialize(gan_state<V, Capacity>& gan, Classes classes, WeightWord weight_word) {
  const V limit = V(glorot_limit<scalar_of<V>>(row_length(classes)));
  GUMBELCUDA_UNROLL_ON_GPU
  for (int k = 0; k < classes; ++k) {
    gan.logits[k] = V(1);
    gan.weights[k] = limit * uniform_signed<V>(weight_word(k));
  }
  gan.weights[classes] = V(0);
  GUMBELCUDA_UNROLL_ON_GPU
  for (int k = 0; k < classes; ++k) gan.logits_m[k] = gan.logits_v[k] = V(0);
  GUMBELCUDA_UNROLL_ON_GPU
  for (int k = 0; k <= classes; ++k) gan.weights_m[k] = gan.weights_v[k] = V(0);
}

// The discriminator's logit for a sample y: positive means "real".
template <class V, class Classes>
GUMBELCUDA_INLINE V judge(const V* weights, const V* y, Classes classes) {
  return ordered_sum<V>(classes, [&](int k) { return weights[k] * y[k]; }) + weights[classes];
}

// The factor 1/τ of the generator's gradient, bounded. At such a small τ hardly any sample has a gradient, except those
// whose two best scores are the same number. Adam's step does not depend on the size of the gradient, so with any bound
// it is that of the limit τ → 0. With this bound the square of the gradient is finite while weights lie within 2^14.
inline constexpr double least_distinct_temperature = 0x1p-50;
template <class V>
GUMBELCUDA_INLINE V generator_gradient_scale(V temperature) {
  return min(gradient_scale(temperature), V(scalar_of<V>(1 / least_distinct_temperature)));
}

// What a fake sample y adds to the generator's gradient, before the factor generator_gradient_scale(τ)/B: the gradient
// of the cross-entropy with label 1, through the discriminator and the softmax. Exactly zero if y is exactly one-hot.
template <class V, class Classes, class Divide = plain_division>
GUMBELCUDA_INLINE void generator_terms(const V* y, const V* weights, V* terms, Classes classes, Divide divide = {}) {
  const V d_logit = d_cross_entropy_label_1(judge(weights, y, classes), divide);
  tempered_softmax_vjp(y, weights, terms, d_logit, classes);
}

// What a fake sample y adds to the discriminator's gradient, before the factor 1/B, with label 0: terms[0..K) for the
// weights, terms[K] for the bias. The first function has the derivative with respect to the logit already.
template <class V, class Classes>
GUMBELCUDA_INLINE void fake_terms_of(V d_logit, const V* y, V* terms, Classes classes) {
  GUMBELCUDA_UNROLL_ON_GPU
  for (int k = 0; k < classes; ++k) terms[k] = d_logit * y[k];
  terms[classes] = d_logit;
}
template <class V, class Classes>
GUMBELCUDA_INLINE void fake_terms(const V* y, const V* weights, V* terms, Classes classes) {
  fake_terms_of(d_cross_entropy_label_0(judge(weights, y, classes)), y, terms, classes);
}

// The same for a sample that is exactly one-hot at class k, as every real sample is: only weight k and the bias have a
// term, and it is the same for both.
template <class V>
GUMBELCUDA_INLINE V one_hot_term_label_0(V weight, V bias) {
  return d_cross_entropy_label_0(weight + bias);
}
template <class V>
GUMBELCUDA_INLINE V one_hot_term_label_1(V weight, V bias) {
  return d_cross_entropy_label_1(weight + bias);
}

// One Adam update of `count` parameters; `factor` turns sums of terms into a gradient.
template <class V, class Count>
GUMBELCUDA_INLINE void update_parameters(V* parameters, V* m, V* v, const V* sums, V factor, V rate, Count count) {
  GUMBELCUDA_UNROLL_ON_GPU
  for (int k = 0; k < count; ++k) adam_update(parameters[k], m[k], v[k], sums[k] * factor, rate);
}

template <class V>
struct gan_losses {
  V generator, discriminator;
};

// Expected losses at the current parameters for one-hot samples, the limit τ → 0. They contain no noise, so that they
// can be compared between epochs. `learned` and `target` are distributions over the classes; `target` has the whole
// row, even if `learned` is spread over threads.
template <class V, class Classes>
GUMBELCUDA_INLINE gan_losses<V> expected_losses(const V* weights, const V* learned, const float* target,
                                                Classes classes) {
  const V bias = weights[classes];
  const V generator =
      ordered_sum<V>(classes, [&](int k) { return learned[k] * cross_entropy_label_1(weights[k] + bias); });
  const V fake = ordered_sum<V>(classes, [&](int k) { return learned[k] * cross_entropy_label_0(weights[k] + bias); });
  const V real = ordered_sum<V>(
      classes, [&](int k) { return V(target[row_element(classes, k)]) * cross_entropy_label_1(weights[k] + bias); });
  return {generator, real + fake};
}

GUMBELCUDA_MATH_END
