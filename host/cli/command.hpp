// SPDX-License-Identifier: Apache-2.0
// The subcommands. Each adds its options to its part of the command line and runs after that has been parsed. Errors
// are exceptions, which main.cpp turns into a line of text and an exit code.
#pragma once

#include <memory>
#include <string>

#include "gumbelcuda/error.hpp"

// Only main.cpp and flag.cpp include the parser: it takes long to compile.
namespace CLI {
class App;
}

namespace gumbelcuda {

class command {
 public:
  virtual ~command() = default;
  // Returns the exit code.
  virtual int run() = 0;
};

std::unique_ptr<command> make_train_command(CLI::App& app);
std::unique_ptr<command> make_sweep_command(CLI::App& app);
std::unique_ptr<command> make_merge_command(CLI::App& app);
std::unique_ptr<command> make_plot_command(CLI::App& app);
std::unique_ptr<command> make_report_command(CLI::App& app);
std::unique_ptr<command> make_info_command(CLI::App& app);
std::unique_ptr<command> make_selftest_command(CLI::App& app);

// Thrown after the results are written: they exist, but none of them is worth having.
class all_diverged : public error {
 public:
  using error::error;
};

// A signal ended a training whose results so far are in a checkpoint.
class resumable : public interrupted {
 public:
  using interrupted::interrupted;
};

// Prints a line on standard error about results that exist, even with --quiet. Never fails.
void warn(const std::string& message);

// Writes results to standard output. Throws file_error if that fails (a full disk, a closed descriptor).
void print_result(const std::string& text);

}  // namespace gumbelcuda
