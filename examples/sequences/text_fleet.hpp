// SPDX-License-Identifier: Apache-2.0
// The compiled sizes of the text's networks, as grammar_fleet.hpp has the grammar's.
#pragma once

#include <vector>

#include "sequence_settings.hpp"
#include "text.hpp"

namespace gumbelcuda::example {

struct text_size {
  int hidden, discriminator, batch;
  int generator_parameters;  // a model records them
  model_fleet_result (*train)(const sequence_settings&, const sequences::text&, const fleet_execution&);
  // See generator_law.hpp.
  std::vector<std::uint8_t> (*sample)(const float* generator, double sampling_temperature, std::uint64_t seed,
                                      std::uint64_t row, std::size_t count);
  std::vector<double> (*log_probabilities)(const float* generator, double sampling_temperature,
                                           const std::vector<std::uint8_t>& sequences);
};

// In the order of text_sizes.inc.
const std::vector<const text_size*>& text_sizes();

}  // namespace gumbelcuda::example
