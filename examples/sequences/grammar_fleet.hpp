// SPDX-License-Identifier: Apache-2.0
// The compiled sizes of the grammar's networks: training a fleet of one, and what is computed from the parameters of a
// trained generator. Each size is an object file of its own (grammar_fleet_size.cpp), since it takes long to compile.
#pragma once

#include <string>
#include <vector>

#include "sequence_settings.hpp"

namespace gumbelcuda::example {

struct grammar_size {
  int hidden, discriminator, batch;
  int generator_parameters;  // the last ones of a model are those of the generator that writes
  model_fleet_result (*train)(const sequence_settings&, const fleet_execution&);
  // The probability of each of the grammar's strings, logits being divided by `sampling_temperature`.
  std::vector<double> (*law)(const float* generator, double sampling_temperature);
  // Strings that the generator draws from row `row` of the seed's noise stream.
  std::vector<std::string> (*samples)(const float* generator, std::uint64_t seed, std::uint64_t row, int count);
};

// In the order of grammar_sizes.inc.
const std::vector<const grammar_size*>& grammar_sizes();

}  // namespace gumbelcuda::example
