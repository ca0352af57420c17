// SPDX-License-Identifier: Apache-2.0
// Shows progress, and for training also the speed and the remaining time. A terminal shows one line, which is
// rewritten; elsewhere (a pipe, a log) a new line appears now and then. Only carriage returns and spaces are used, no
// escape sequences, which also suits NO_COLOR and dumb terminals.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "gumbelcuda/fleet.hpp"

namespace gumbelcuda {

// What a report comes to after `seconds`. `before`: the part that was done before the first second.
struct progress_estimate {
  double part = 0;                                          // 0 … 1
  std::optional<double> gans_per_second{}, seconds_left{};  // unknown as long as nothing has been done
};
progress_estimate estimate_of(const progress_report& report, std::uint64_t num_gans, double seconds, double before);

// "  42 %  420/1,000 GANs  310 GANs/s  0:02 left".
std::string progress_text(const progress_report& report, std::uint64_t num_gans, double seconds, double before = 0);

// Seconds since some fixed moment.
using stopwatch = std::function<double()>;
stopwatch started_stopwatch();

// When a log gets its next line after one at `seconds`, or after the start of the work: a tenth of `seconds` later, but
// at least 10 s and at most 10 minutes.
double next_line_at(double seconds);

class status_line {
 public:
  // wanted = false: no output. Output goes to `descriptor`, whose other end may be closed.
  explicit status_line(bool wanted, stopwatch elapsed = started_stopwatch(), int descriptor = STDERR_FILENO);
  // Clears the line of a terminal, also while an exception propagates.
  ~status_line() { clear(); }
  status_line(const status_line&) = delete;
  status_line& operator=(const status_line&) = delete;

  bool wanted() const noexcept { return wanted_; }
  double seconds() const { return elapsed_(); }
  void show(std::string text);
  void clear();

 private:
  void rewrite(std::string text);

  bool wanted_, on_terminal_;
  stopwatch elapsed_;
  int descriptor_;
  std::size_t drawn_ = 0;  // columns on the screen now
  double next_ = next_line_at(0);
};

class progress_line {
 public:
  progress_line(std::uint64_t num_gans, bool wanted, double before = 0)
      : line_(wanted), num_gans_(num_gans), before_(before) {}

  bool wanted() const noexcept { return line_.wanted(); }
  double seconds() const { return line_.seconds(); }
  void show(const progress_report& report) { line_.show(progress_text(report, num_gans_, line_.seconds(), before_)); }

 private:
  status_line line_;
  std::uint64_t num_gans_;
  double before_;
};

}  // namespace gumbelcuda
