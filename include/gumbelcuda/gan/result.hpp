// SPDX-License-Identifier: Apache-2.0
// What training leaves of one GAN, computed from its parameters the same way on every backend.
#pragma once

#include <cstdint>

#include "gumbelcuda/gan/model.hpp"
#include "gumbelcuda/gan/shape.hpp"
#include "gumbelcuda/math/storage.hpp"

GUMBELCUDA_MATH_BEGIN

// Of a fleet, GAN by GAN: [gan][class], or [gan] for the last three.
struct gan_results {
  float *distribution, *logits, *weights, *bias, *generator_loss, *discriminator_loss;
};

// out = softmax(logits).
template <class Classes>
GUMBELCUDA_INLINE void write_distribution(const float* logits, float* out, Classes classes) {
  tempered_softmax(logits, out, 1.0f, classes);
  GUMBELCUDA_UNROLL
  for (int k = 0; k < classes; ++k) out[k] = canonical(out[k]);
}

// `weights` with the bias after the last.
template <class Classes>
GUMBELCUDA_INLINE void write_results(const gan_results& results, std::uint64_t gan, const float* logits,
                                     const float* weights, const float* target, Classes classes) {
  const std::uint64_t at = gan * std::uint64_t(int(classes));
  GUMBELCUDA_UNROLL
  for (int k = 0; k < classes; ++k) {
    results.logits[at + std::uint64_t(k)] = canonical(logits[k]);
    results.weights[at + std::uint64_t(k)] = canonical(weights[k]);
  }
  results.bias[gan] = canonical(weights[classes]);
  write_distribution(logits, results.distribution + at, classes);
  const gan_losses<float> losses = expected_losses(weights, results.distribution + at, target, classes);
  results.generator_loss[gan] = canonical(losses.generator);
  results.discriminator_loss[gan] = canonical(losses.discriminator);
}

GUMBELCUDA_MATH_END
