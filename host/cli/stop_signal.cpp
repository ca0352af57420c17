// SPDX-License-Identifier: Apache-2.0
// Signal handlers may use very little: lock-free atomics, and system calls that are listed as async-signal-safe.
#include "host/cli/stop_signal.hpp"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string_view>

#include "host/cli/exit_code.hpp"
#include "host/files/atomic_file.hpp"

namespace gumbelcuda {
namespace {

constexpr int stop_signals[] = {SIGHUP, SIGINT, SIGTERM};
std::atomic<bool> stop{false}, output_begun{false}, checkpoint_asked{false};
std::atomic<int> caught{0}, by_flag{0}, waiting{0};  // how many objects live
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

void raise_flag(int number) {
  caught.store(number);
  stop.store(true);
}

std::atomic<void (*)(int, const char*)> last_act{nullptr};

[[noreturn]] void end_process(int number, const char* message) {
  for (const std::string_view part :
       {std::string_view("gumbelcuda: interrupted: "), std::string_view(message), std::string_view("\n")})
    if (::write(STDERR_FILENO, part.data(), part.size()) < 0) break;
  if (const auto act = last_act.load()) act(number, message);
  _exit(exit_signal_base + number);
}

void on_signal(int number) {
  if (by_flag > 0) {
    raise_flag(number);
    if (waiting > 0) return;
    for (int each : stop_signals) std::signal(each, SIG_DFL);
    return;
  }
  const int error_number = errno;
  const abandoned files = abandon_files();
  if (output_begun) end_process(number, rest_not_written);
  if (files == abandoned::everything) end_process(number, nothing_written);
  if (files == abandoned::rest) end_process(number, rest_not_written);
  if (stop) end_process(number, everything_written);
  raise_flag(number);
  errno = error_number;
}

}  // namespace

void catch_stop_signals() {
  for (int number : stop_signals) {
    struct sigaction before {};
    sigaction(number, nullptr, &before);
    if (before.sa_handler == SIG_IGN) continue;
    struct sigaction action {};
    action.sa_handler = on_signal;
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_RESTART;  // a write in progress continues
    sigaction(number, &action, nullptr);
  }
}

stop_by_flag::stop_by_flag(later_signals later) : later_(later) {
  ++by_flag;
  if (later_ == later_signals::wait) ++waiting;
}
stop_by_flag::~stop_by_flag() {
  if (later_ == later_signals::wait) --waiting;
  --by_flag;
}

void output_begins() { output_begun = true; }

void before_end_by_signal(void (*last)(int number, const char* message)) { last_act = last; }

const std::atomic<bool>& stop_flag() { return stop; }

int stop_signal() { return caught.load(); }

void catch_checkpoint_signal() {
  struct sigaction before {};
  sigaction(SIGUSR1, nullptr, &before);
  if (before.sa_handler == SIG_IGN) return;
  struct sigaction action {};
  action.sa_handler = [](int) { checkpoint_asked.store(true); };
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  sigaction(SIGUSR1, &action, nullptr);
}

bool take_checkpoint_request() { return checkpoint_asked.exchange(false); }

}  // namespace gumbelcuda
