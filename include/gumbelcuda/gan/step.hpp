// SPDX-License-Identifier: Apache-2.0
// One training step: one discriminator update, then generator_steps generator updates, each on fresh noise.
// Gan is direct_gan or a faster way of computing the same sums.
#pragma once

#include <cstdint>

#include "gumbelcuda/config.hpp"

GUMBELCUDA_MATH_BEGIN

// Adam's bias corrections √(1 − β₂ᵗ)/(1 − β₁ᵗ) for t = 1 … size, rounded from double; exactly 1 beyond.
struct adam_corrections {
  const float* values;
  std::uint64_t size;
  GUMBELCUDA_INLINE float operator()(std::uint64_t t) const { return t <= size ? values[t - 1] : 1.0f; }
};

template <class Gan>
GUMBELCUDA_INLINE void train_step(Gan& gan, std::uint64_t step, int generator_steps, adam_corrections correction) {
  gan.begin_step(step);
  gan.update_discriminator(gan.discriminator_sums(), correction(step + 1));
  for (int update = 0; update < generator_steps; ++update)
    gan.update_generator(gan.generator_sums(update),
                         correction(step * std::uint64_t(generator_steps) + std::uint64_t(update) + 1));
}

GUMBELCUDA_MATH_END
