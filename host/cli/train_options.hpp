// SPDX-License-Identifier: Apache-2.0
// What "gumbelcuda train" can be told, and the translation between flags and the library's names.
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
  // Adds the options to app; options must live as long as this.
  train_parser(CLI::App& app, train_options& options);

  // Texts to values, once the command line is parsed. Throws invalid_argument.
  void convert();

  // The library's "num_gans: 0 is not 1 or more" as "--gans: 0 is not 1 or more".
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
