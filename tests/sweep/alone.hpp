// SPDX-License-Identifier: Apache-2.0
// The configuration of one GAN of a sweep, trained alone.
#pragma once

#include "gumbelcuda/sweep.hpp"

namespace gumbelcuda {

inline sweep_config alone_of(const sweep_config& sweep, std::uint64_t gan) {
  sweep_config alone = sweep;
  alone.num_gans = 1;
  alone.first_gan += gan;
  alone.history_gans = gan < sweep.history_gans ? 1 : 0;
  const auto keep = [&](auto& values) {
    if (values.size() > 1) values = {values[gan]};
  };
  keep(alone.target);
  keep(alone.problem);
  keep(alone.seed);
  keep(alone.generator_learning_rate);
  keep(alone.discriminator_learning_rate);
  keep(alone.beta_1);
  keep(alone.beta_2);
  keep(alone.epsilon);
  keep(alone.temperature);
  keep(alone.batch_size);
  keep(alone.generator_steps);
  keep(alone.epochs);
  keep(alone.initial_logits);
  return alone;
}

}  // namespace gumbelcuda
