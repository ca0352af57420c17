// SPDX-License-Identifier: Apache-2.0
// The histories of a sweep, which may be larger than all else, to be read GAN by GAN: the members of sweep_result that
// are named so.
#pragma once

#include "gumbelcuda/sweep.hpp"
#include "host/results/array_source.hpp"

namespace gumbelcuda {

struct sweep_histories {
  array_source<float> history{}, history_total_variation{}, history_generator_loss{}, history_discriminator_loss{};
};

// Of a result in memory, which must outlive them.
inline sweep_histories histories_of(const sweep_result& result) {
  return {array_source(result.history), array_source(result.history_total_variation),
          array_source(result.history_generator_loss), array_source(result.history_discriminator_loss)};
}

}  // namespace gumbelcuda
