// SPDX-License-Identifier: Apache-2.0
// The command's exit codes. Scripts depend on these numbers: they never change.
#pragma once

namespace gumbelcuda {

enum exit_code : int {
  exit_done = 0,
  exit_failed = 1,
  exit_usage = 2,
  exit_damaged_file = 3,
  exit_no_device = 4,
  exit_all_diverged = 5,   // the results are written
  exit_signal_base = 128,  // + the signal's number: 129 for SIGHUP, 130 for SIGINT, 143 for SIGTERM
};

}  // namespace gumbelcuda
