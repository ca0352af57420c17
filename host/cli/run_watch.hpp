// SPDX-License-Identifier: Apache-2.0
// What a run says of itself in --log-file and --metrics-file. A process has one run; in one without these files nothing
// here does anything. Nothing here fails once the run has begun: what cannot be written is a warning, once.
#pragma once

#include <memory>
#include <string>

#include "gumbelcuda/checkpoint.hpp"
#include "host/cli/run_state.hpp"

namespace gumbelcuda {

struct run_options;

void set_command_line(int argc, char** argv);

// Checks the files and begins the log. Throws invalid_argument and file_error.
void begin_run(const std::string& command, const run_options& options);

// Calls convert() for the options and begins the run. The log tells of options that are refused, too.
template <class Convert>
void begin_run(const std::string& command, const run_options& options, Convert convert) {
  try {
    convert();
  } catch (...) {
    begin_run(command, options);
    throw;
  }
  begin_run(command, options);
}

// Whether there is a log or a metrics file.
bool run_is_watched();

// A training begins, and ends, whatever its outcome; in between, it is time for log_training() now and then.
void log_training_begins(const watched_training& state);
bool time_for_log_training();
void log_training(const watched_training& state);
void log_training_ends(const watched_training& state);

void log_addition(const checkpoint_addition& made);
void log_signal(int number);
void log_warning(const std::string& message);
void log_error(const std::string& message);

// The last line. Signals no longer change the exit code then.
void log_end(int exit_code, const std::string& message);

}  // namespace gumbelcuda
