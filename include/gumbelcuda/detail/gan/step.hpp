// SPDX-License-Identifier: Apache-2.0
// One training step: one discriminator update, then generator_steps generator updates, each with fresh noise. Gan is
// direct_gan, or a faster way to compute the same sums.
#pragma once

#include <cstdint>

#include "gumbelcuda/config.hpp"
#include "gumbelcuda/math/optimizer.hpp"

GUMBELCUDA_MATH_BEGIN

struct never_stopped {
  GUMBELCUDA_HD constexpr bool operator()() const { return false; }
};

// `stopped` is called before each generator update, since a step of a large GAN takes minutes. The result is false if
// it returned true; the GAN must not be used then.
template <class Gan, class Stopped = never_stopped>
GUMBELCUDA_INLINE bool train_step(Gan& gan, std::uint64_t step, int generator_steps, adam_corrections correction,
                                  Stopped stopped = {}) {
  gan.begin_step(step);
  gan.update_discriminator(gan.discriminator_sums(), correction(step + 1));
  for (int update = 0; update < generator_steps; ++update) {
    if (stopped()) return false;
    gan.update_generator(gan.generator_sums(update),
                         correction(step * std::uint64_t(generator_steps) + std::uint64_t(update) + 1));
  }
  return true;
}

GUMBELCUDA_MATH_END
