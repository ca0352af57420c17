// SPDX-License-Identifier: Apache-2.0
// Ctrl-C, SIGTERM, and SIGHUP, which says that the terminal has gone. Training looks at a flag: the first signal raises
// it and a second one kills. What comes before and after (checks, statistics, files) has no place to look at one, so
// there the handler itself ends the process, at once, and takes the temporary file with it.
#pragma once

#include <atomic>

namespace gumbelcuda {

// Installs the handlers. A signal that the caller chose to ignore (nohup, a job in the background) stays ignored.
void catch_stop_signals();

// While it lives, the first signal only raises the flag. No file may be in the making meanwhile.
class stop_by_flag {
 public:
  stop_by_flag();
  ~stop_by_flag();
  stop_by_flag(const stop_by_flag&) = delete;
  stop_by_flag& operator=(const stop_by_flag&) = delete;
};

// Raised by the first signal during training, or once a file is in its place: then the process had better finish,
// unless it has more files to write.
const std::atomic<bool>& stop_flag();

// The signal that raised it; 0 if none did.
int stop_signal();

// To be called before results go where they cannot be taken back from: a pipe. From then on a signal ends the process.
void output_begins();

// What an interrupted process says.
inline constexpr char nothing_written[] = "nothing was written", rest_not_written[] = "not everything was written";

}  // namespace gumbelcuda
