// SPDX-License-Identifier: Apache-2.0
// The options of "gumbelcuda train", and the translation between flags and the library's names.
#pragma once

#include <string>
#include <vector>

#include "gumbelcuda/fleet.hpp"
#include "host/cli/flag.hpp"
#include "host/cli/run_options.hpp"

namespace gumbelcuda {

struct train_options : run_options {
  fleet_config config;
};

class train_parser {
 public:
  // Adds the options to `app`. `options` must outlive this object.
  train_parser(CLI::App& app, train_options& options);

  // Converts texts to values, after the command line has been parsed. Throws invalid_argument.
  void convert();

  // Turns the library's "num_gans: 0 is not 1 or more" into "--gans: 0 is not 1 or more".
  invalid_argument in_terms_of_flags(const invalid_argument& error) const;

 private:
  void add_model();
  void add_training();
  void add_output();

  train_options& options_;
  flag_set flags_;
  std::vector<float> learning_rate_;
  bool whole_history_ = false;
};

}  // namespace gumbelcuda
