// SPDX-License-Identifier: Apache-2.0
// The distributions carry no maintained progress bar for C++, and this needs no more than one line.
#include "host/cli/progress.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "host/cli/quantity.hpp"

namespace gumbelcuda {
namespace {

// A line as wide as the terminal would wrap, and a wrapped line cannot be rewritten.
std::size_t usable_columns() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 2) return 79;
  return size.ws_col - 1u;
}

// Past stdio, so that nothing stays in a buffer; a terminal that went away is no reason to stop training.
void write_to_terminal(const std::string& text) {
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t n = ::write(STDERR_FILENO, text.data() + written, text.size() - written);
    if (n <= 0) return;
    written += static_cast<std::size_t>(n);
  }
}

}  // namespace

std::string progress_text(const progress_report& report, std::uint64_t num_gans, double seconds) {
  const double part = report.total == 0 ? 0 : static_cast<double>(report.done) / static_cast<double>(report.total);
  const double gans = part * static_cast<double>(num_gans);
  std::string text = fmt::format("{:3.0f} %  {}/{} GANs", std::floor(100 * part),
                                 grouped(static_cast<std::uint64_t>(gans)), grouped(num_gans));
  if (part > 0 && seconds > 0) {
    text += fmt::format("  {} GANs/s  {} left", rate(gans / seconds), clock_time(seconds * (1 - part) / part));
  }
  return text;
}

status_line::status_line(bool wanted) : visible_(wanted && isatty(STDERR_FILENO) == 1) {}

void status_line::show(std::string text) {
  if (!visible_) return;
  text = text.substr(0, usable_columns());
  const std::size_t length = text.size();
  if (length < drawn_) text.append(drawn_ - length, ' ');
  write_to_terminal("\r" + text);
  drawn_ = length;
}

void status_line::clear() {
  if (drawn_ == 0) return;
  write_to_terminal("\r" + std::string(std::min(drawn_, usable_columns()), ' ') + "\r");
  drawn_ = 0;
}

void progress_line::show(const progress_report& report) {
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  line_.show(progress_text(report, num_gans_, seconds));
}

}  // namespace gumbelcuda
