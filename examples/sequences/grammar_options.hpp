// SPDX-License-Identifier: Apache-2.0
// What grammar_gan.cpp is told beyond sequence_options.hpp.
#pragma once

#include "grammar_fleet.hpp"
#include "sequence_options.hpp"

namespace gumbelcuda::example {

struct grammar_options : sequence_options {
  const grammar_size* size = nullptr;
  double least_mass = 0;
  std::string parameters{};
};

inline void add_options(CLI::App& app, grammar_options& o) {
  add_sequence_options(app, o, "strings");
  app.add_option("--parameters", o.parameters, "FILE.csv: the trained parameters, a line for each model");
  app.add_option("--least-mass", o.least_mass, "fail if less of what a model writes at the end is right, in the median")
      ->check(CLI::Range(0., 1.))
      ->capture_default_str();
}

inline void complete(grammar_options& o) {
  o.size = find_size(o, grammar_sizes());
  complete_fleet(o);
}

}  // namespace gumbelcuda::example
