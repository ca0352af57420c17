// SPDX-License-Identifier: Apache-2.0
// The options of "gumbelcuda train", and the translation between flags and the library's names.
#pragma once

#include <string>
#include <vector>

#include "gumbelcuda/fleet.hpp"
#include "host/cli/flag.hpp"

namespace gumbelcuda {

struct train_options {
  fleet_config config;
  fleet_execution execution;
  double tolerance = .1;
  std::string out, csv;
  bool json = false, quiet = false;
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
  void add_execution();
  void add_output();

  train_options& options_;
  flag_set flags_;
  std::vector<float> learning_rate_;
  bool whole_history_ = false, all_devices_ = false;
};

}  // namespace gumbelcuda
