// SPDX-License-Identifier: Apache-2.0
// The subcommands. Each adds its options to its part of the command line, and runs once that is parsed; what
// goes wrong leaves as an exception, which main.cpp turns into a line of text and an exit code.
#pragma once

#include <memory>
#include <string>

#include "gumbelcuda/error.hpp"

// Known in full to main.cpp and flag.cpp alone: the parser takes long to compile.
namespace CLI {
class App;
}

namespace gumbelcuda {

class command {
 public:
  virtual ~command() = default;
  // The exit code.
  virtual int run() = 0;
};

std::unique_ptr<command> make_train_command(CLI::App& app);
std::unique_ptr<command> make_plot_command(CLI::App& app);
std::unique_ptr<command> make_info_command(CLI::App& app);
std::unique_ptr<command> make_selftest_command(CLI::App& app);

// Thrown once the results are written: there are some, and none of them is worth having.
class all_diverged : public error {
 public:
  using error::error;
};

// A line on standard error about results that exist. It is said even with --quiet, and never fails.
void warn(const std::string& message);

// Writes results to standard output, and throws file_error where that fails (a full disk, a closed descriptor).
void print_result(const std::string& text);

}  // namespace gumbelcuda
