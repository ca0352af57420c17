// SPDX-License-Identifier: Apache-2.0
// A handler may do next to nothing: it stores the signal's number, raises the flag and steps aside.
#include "host/cli/stop_signal.hpp"

#include <csignal>

namespace gumbelcuda {
namespace {

std::atomic<bool> stop{false};
std::atomic<int> caught{0};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

void on_signal(int number) {
  caught.store(number);
  stop.store(true);
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

}  // namespace

void catch_stop_signals() {
  for (int number : {SIGINT, SIGTERM}) {
    struct sigaction before {};
    sigaction(number, nullptr, &before);
    if (before.sa_handler == SIG_IGN) continue;
    struct sigaction action {};
    action.sa_handler = on_signal;
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_RESTART;  // a write in progress is not what the signal is about
    sigaction(number, &action, nullptr);
  }
}

const std::atomic<bool>& stop_flag() { return stop; }

int stop_signal() { return caught.load(); }

}  // namespace gumbelcuda
