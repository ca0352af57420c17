// SPDX-License-Identifier: Apache-2.0
// Handles Ctrl-C, SIGTERM, and SIGHUP, which means that the terminal has gone. Training polls a flag: the first signal
// raises it, and a second one kills. The work before and after training (checks, statistics, files) does not poll, so
// there the handler itself ends the process at once and removes the temporary file.
#pragma once

#include <atomic>

namespace gumbelcuda {

// Installs the handlers. A signal that the caller chose to ignore (nohup, a background job) stays ignored.
void catch_stop_signals();

// While objects of this class live, the first signal only raises the flag, and the second one kills. No file may be in
// progress meanwhile, but for one that may be half-written. With later_signals::wait no signal kills.
enum class later_signals { kill, wait };
class stop_by_flag {
 public:
  explicit stop_by_flag(later_signals later = later_signals::kill);
  ~stop_by_flag();
  stop_by_flag(const stop_by_flag&) = delete;
  stop_by_flag& operator=(const stop_by_flag&) = delete;

 private:
  later_signals later_;
};

// Raised by the first signal during training, or after a file is in its place: then the process should finish, unless
// it has more files to write.
const std::atomic<bool>& stop_flag();

// The signal that raised the flag; 0 if none did.
int stop_signal();

// From then on SIGUSR1 asks for an addition to the checkpoint, unless it is ignored; without this call it ends the
// process, as usual.
void catch_checkpoint_signal();
// Whether one has been asked for since the last call.
bool take_checkpoint_request();

// Call this before writing results to a pipe, from which they cannot be taken back. A signal then ends the process.
void output_begins();

// What an interrupted process prints.
inline constexpr char nothing_written[] = "nothing was written", rest_not_written[] = "not everything was written",
                      everything_written[] = "the files are in their places, whole";

// `last` is called when a signal ends the process, with the signal and one of these texts. It may do what a signal
// handler may do.
void before_end_by_signal(void (*last)(int number, const char* message));

}  // namespace gumbelcuda
