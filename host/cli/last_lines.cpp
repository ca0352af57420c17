// SPDX-License-Identifier: Apache-2.0
#include "host/cli/last_lines.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstring>
#include <string_view>
#include <vector>

#include "host/cli/stop_signal.hpp"
#include "host/cli/utc_time.hpp"
#include "host/cli/write_whole.hpp"

namespace gumbelcuda {
namespace {

constexpr std::string_view before_time = R"({"time":")";

struct ending {
  int signal;
  const char* message;
  std::string signal_line, end_line;
};
struct last_lines {
  int descriptor;
  std::vector<ending> endings;
};

// Sets, one of which the handler may be reading while the other is made.
last_lines sets[2];
std::atomic<last_lines*> current{nullptr};

void write_now(int descriptor, std::string& line) {
  const utc_text now = utc_now();
  std::copy(now.begin(), now.end(), line.begin() + before_time.size());
  write_whole(descriptor, line);
}

void write_last_lines(int number, const char* message) {
  last_lines* const lines = current.exchange(nullptr);
  if (lines == nullptr) return;
  for (ending& each : lines->endings) {
    if (each.signal != number || std::strcmp(each.message, message) != 0) continue;
    write_now(lines->descriptor, each.signal_line);
    write_now(lines->descriptor, each.end_line);
  }
}

}  // namespace

void keep_last_lines(const run_log& log, const std::function<std::string(int)>& signal_line,
                     const std::function<std::string(int, const char*)>& end_line) {
  last_lines& made = current.load() == &sets[0] ? sets[1] : sets[0];
  made = {log.descriptor(), {}};
  for (const int number : {SIGHUP, SIGINT, SIGTERM})
    for (const char* message : {nothing_written, rest_not_written, everything_written})
      made.endings.push_back({number, message, signal_line(number), end_line(number, message)});
  current = &made;
  before_end_by_signal(write_last_lines);
}

void forget_last_lines() { current = nullptr; }

}  // namespace gumbelcuda
