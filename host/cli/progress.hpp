// SPDX-License-Identifier: Apache-2.0
// One line on standard error that says how far the training is, how fast, and how long it still takes.
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

class progress_line {
 public:
  // wanted: false silences it, terminal or not.
  progress_line(std::uint64_t num_gans, bool wanted);
  // Clears the line, also when an error is on its way.
  ~progress_line() { clear(); }
  progress_line(const progress_line&) = delete;
  progress_line& operator=(const progress_line&) = delete;

  bool visible() const noexcept { return visible_; }
  void show(const progress_report& report);
  void clear();

 private:
  std::uint64_t num_gans_;
  bool visible_;
  std::size_t drawn_ = 0;  // columns on the screen now
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace gumbelcuda
