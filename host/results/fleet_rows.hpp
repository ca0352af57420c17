// SPDX-License-Identifier: Apache-2.0
// The result of a fleet, to be read piece by piece: the members of fleet_result that are arrays.
#pragma once

#include <cstdint>

#include "gumbelcuda/fleet.hpp"
#include "host/results/array_source.hpp"

namespace gumbelcuda {

struct fleet_rows {
  std::uint64_t num_gans = 0;
  int classes = 0;
  array_source<float> distribution{}, logits{}, weights{}, bias{}, generator_loss{}, discriminator_loss{}, history{};
};

// Of a result in memory, which must outlive them.
inline fleet_rows rows_of(const fleet_result& fleet) {
  return {fleet.num_gans,
          fleet.classes,
          array_source(fleet.distribution),
          array_source(fleet.logits),
          array_source(fleet.weights),
          array_source(fleet.bias),
          array_source(fleet.generator_loss),
          array_source(fleet.discriminator_loss),
          array_source(fleet.history)};
}

}  // namespace gumbelcuda
