// SPDX-License-Identifier: Apache-2.0
// Linux distributions have no maintained progress bar for C++, and one line is enough here. Output errors are ignored:
// training must not stop because a terminal or a log has gone.
#include "host/cli/progress.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "host/cli/quantity.hpp"
#include "host/cli/write_whole.hpp"

namespace gumbelcuda {
namespace {

// A line as wide as the terminal would wrap, and a wrapped line cannot be rewritten.
std::size_t usable_columns(int descriptor) {
  winsize size{};
  if (ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col < 2) return 79;
  return size.ws_col - 1u;
}

}  // namespace

progress_estimate estimate_of(const progress_report& report, std::uint64_t num_gans, double seconds, double before) {
  progress_estimate estimate;
  if (report.total > 0) estimate.part = static_cast<double>(report.done) / static_cast<double>(report.total);
  const double now = estimate.part - before;
  if (!(now > 0 && seconds > 0)) return estimate;
  estimate.gans_per_second = now * static_cast<double>(num_gans) / seconds;
  estimate.seconds_left = seconds * (1 - estimate.part) / now;
  return estimate;
}

std::string progress_text(const progress_report& report, std::uint64_t num_gans, double seconds, double before) {
  const progress_estimate now = estimate_of(report, num_gans, seconds, before);
  const auto gans = static_cast<std::uint64_t>(now.part * static_cast<double>(num_gans));
  std::string text = fmt::format("{:3.0f} %  {}/{} GANs", std::floor(100 * now.part), grouped(gans), grouped(num_gans));
  if (now.gans_per_second)
    text += fmt::format("  {} GANs/s  {} left", rate(*now.gans_per_second), clock_time(*now.seconds_left));
  return text;
}

stopwatch started_stopwatch() {
  return [start = std::chrono::steady_clock::now()] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
}

double next_line_at(double seconds) { return seconds + std::clamp(seconds / 10, 10.0, 600.0); }

status_line::status_line(bool wanted, stopwatch elapsed, int descriptor)
    : wanted_(wanted), on_terminal_(isatty(descriptor) == 1), elapsed_(std::move(elapsed)), descriptor_(descriptor) {}

void status_line::show(std::string text) {
  if (!wanted_) return;
  if (on_terminal_) return rewrite(std::move(text));
  const double now = elapsed_();
  if (now < next_) return;
  next_ = next_line_at(now);
  // In a log, other programs' lines surround this one: hence the prefix, and one write, so that they do not break it.
  write_whole(descriptor_, "gumbelcuda: " + text.substr(std::min(text.find_first_not_of(' '), text.size())) + "\n");
}

void status_line::rewrite(std::string text) {
  text = text.substr(0, usable_columns(descriptor_));
  const std::size_t length = text.size();
  if (length < drawn_) text.append(drawn_ - length, ' ');
  write_whole(descriptor_, "\r" + text);
  drawn_ = length;
}

void status_line::clear() {
  if (drawn_ == 0) return;
  write_whole(descriptor_, "\r" + std::string(std::min(drawn_, usable_columns(descriptor_)), ' ') + "\r");
  drawn_ = 0;
}

}  // namespace gumbelcuda
