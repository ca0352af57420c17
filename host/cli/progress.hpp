// SPDX-License-Identifier: Apache-2.0
// One line on standard error that says how far the work is, and of training how fast, and how long it still takes.
// A log is no place for it: where standard error is not a terminal, nothing is ever written. It uses no escape
// sequence at all, only carriage returns and spaces, so NO_COLOR and dumb terminals get what they ask for.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "gumbelcuda/fleet.hpp"

namespace gumbelcuda {

// "  42 %  420/1,000 GANs  310 GANs/s  0:02 left"
std::string progress_text(const progress_report& report, std::uint64_t num_gans, double seconds);

class status_line {
 public:
  // wanted: false silences it, terminal or not.
  explicit status_line(bool wanted);
  // Clears the line, also when an error is on its way.
  ~status_line() { clear(); }
  status_line(const status_line&) = delete;
  status_line& operator=(const status_line&) = delete;

  bool visible() const noexcept { return visible_; }
  void show(std::string text);
  void clear();

 private:
  bool visible_;
  std::size_t drawn_ = 0;  // columns on the screen now
};

class progress_line {
 public:
  progress_line(std::uint64_t num_gans, bool wanted) : line_(wanted), num_gans_(num_gans) {}

  bool visible() const noexcept { return line_.visible(); }
  void show(const progress_report& report);

 private:
  status_line line_;
  std::uint64_t num_gans_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace gumbelcuda
