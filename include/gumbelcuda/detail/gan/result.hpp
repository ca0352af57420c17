// SPDX-License-Identifier: Apache-2.0
// The results of training one GAN, computed from its parameters in the same way on every backend.
#pragma once

#include <cstdint>

#include "gumbelcuda/detail/gan/model.hpp"
#include "gumbelcuda/detail/gan/shape.hpp"
#include "gumbelcuda/detail/gan/training_task.hpp"
#include "gumbelcuda/math/storage.hpp"

GUMBELCUDA_MATH_BEGIN

// out = softmax(logits), which is left in `learned`, too.
template <class Classes>
GUMBELCUDA_INLINE void write_distribution(const float* logits, float* learned, float* out, Classes classes) {
  tempered_softmax(logits, learned, 1.0f, classes);
  store_row(out, classes, [&](int k) { return canonical(learned[k]); });
}
template <class Classes>
GUMBELCUDA_INLINE void write_distribution(const float* logits, float* out, Classes classes) {
  float learned[capacity<Classes>::classes];
  write_distribution(logits, learned, out, classes);
}

// `weights`: with the bias after the last weight.
template <class Classes>
GUMBELCUDA_INLINE void write_results(const gan_results& results, std::uint64_t gan, const float* logits,
                                     const float* weights, const float* target, Classes classes) {
  const std::uint64_t at = gan * std::uint64_t(row_length(classes));
  store_row(results.logits + at, classes, [&](int k) { return canonical(logits[k]); });
  store_row(results.weights + at, classes, [&](int k) { return canonical(weights[k]); });
  float learned[capacity<Classes>::classes];
  write_distribution(logits, learned, results.distribution + at, classes);
  const gan_losses<float> losses = expected_losses(weights, learned, target, classes);
  if (!row_stores(classes, classes)) return;
  results.bias[gan] = canonical(weights[classes]);
  results.generator_loss[gan] = canonical(losses.generator);
  results.discriminator_loss[gan] = canonical(losses.discriminator);
}

GUMBELCUDA_MATH_END
