// SPDX-License-Identifier: Apache-2.0
// Ctrl-C and SIGTERM: the first raises a flag that the training looks at, so that it stops in order; a second
// one kills the process at once.
#pragma once

#include <atomic>

namespace gumbelcuda {

// Installs the handlers. A signal that the caller chose to ignore (nohup, a job in the background) stays ignored.
void catch_stop_signals();

// Raised by the first signal.
const std::atomic<bool>& stop_flag();

// The signal that raised it; 0 if none did.
int stop_signal();

}  // namespace gumbelcuda
