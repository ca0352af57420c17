// SPDX-License-Identifier: Apache-2.0
// The last lines of a log for signals that end the process from within their handler. It cannot make JSON, so they are
// made beforehand, and get their time when they are written.
#pragma once

#include <functional>
#include <string>

#include "host/cli/run_log.hpp"

namespace gumbelcuda {

// Each line is one JSON object whose first value is a time, of any value. `signal_line` and `end_line` are given one of
// the stop signals, and the second one of the messages of stop_signal.hpp.
void keep_last_lines(const run_log& log, const std::function<std::string(int)>& signal_line,
                     const std::function<std::string(int, const char*)>& end_line);

// None from now on.
void forget_last_lines();

}  // namespace gumbelcuda
