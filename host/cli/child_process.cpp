// SPDX-License-Identifier: Apache-2.0
#include "host/cli/child_process.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "gumbelcuda/error.hpp"
#include "host/cli/exit_code.hpp"

namespace gumbelcuda {
namespace {

volatile sig_atomic_t child_of_this_process = 0, handed_on = 0;

void hand_on(int number) {
  handed_on = number;
  ::kill(static_cast<pid_t>(child_of_this_process), number);
}

void hand_signals_on() {
  for (const int number : {SIGHUP, SIGINT, SIGTERM}) {
    struct sigaction before {};
    sigaction(number, nullptr, &before);
    if (before.sa_handler != SIG_IGN) std::signal(number, hand_on);
  }
}

}  // namespace

void go_on_in_child(const std::string& file) {
  const pid_t parent = ::getpid(), child = ::fork();
  if (child < 0) throw error(std::string("cannot start a process: ") + std::strerror(errno));
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) _exit(exit_failed);
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    return;
  }
  child_of_this_process = child;
  hand_signals_on();
  int status = 0;
  while (::waitpid(child, &status, 0) == -1)
    if (errno != EINTR) throw error(std::string("lost sight of a process: ") + std::strerror(errno));
  if (WIFEXITED(status)) _exit(WEXITSTATUS(status));
  if (WTERMSIG(status) == handed_on) _exit(exit_signal_base + WTERMSIG(status));
  throw damaged_file(file + " is damaged: the process that was to read it crashed (" + ::strsignal(WTERMSIG(status)) +
                     ")");
}

}  // namespace gumbelcuda
