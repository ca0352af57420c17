// SPDX-License-Identifier: Apache-2.0
// The options about logs and metrics, and what is checked of them before any work.
#pragma once

#include <string>

#include "host/cli/flag.hpp"

namespace gumbelcuda {

struct run_options;

struct log_options {
  std::string file{}, metrics{};  // empty: there is none
  double interval = 60;           // seconds between two lines about the progress
};

// The heading "Logs": --log-file; for commands that train, --log-interval and --metrics-file, too.
void add_log_options(flag_set& flags, log_options& options, bool trains);

// Throws invalid_argument and file_error for files that cannot be written or must not be. Leaves nothing behind.
void check_log_options(const run_options& options, const std::string& command);

}  // namespace gumbelcuda
