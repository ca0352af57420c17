// SPDX-License-Identifier: Apache-2.0
#include "host/cli/help.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <sstream>

namespace gumbelcuda {
namespace {

constexpr std::size_t fewest_columns = 40, most_columns = 100;

// Columns of UTF-8 text; every character of our texts takes one.
std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

// The position of the blank to break the line at: the last one with at most `columns` columns before it, or else the
// first one from `from` on. npos: the line cannot be broken.
std::size_t break_of(std::string_view line, std::size_t from, std::size_t columns) {
  std::size_t best = std::string_view::npos;
  for (std::size_t at = line.find(' ', from); at < line.size(); at = line.find(' ', at + 1)) {
    if (best != std::string_view::npos && columns_of(line.substr(0, at)) > columns) break;
    best = at;
  }
  return best;
}

void append_wrapped(std::string& lines, std::string line, std::size_t columns) {
  constexpr std::string_view example = "  gumbelcuda ";
  const bool is_example = line.starts_with(example);
  // In an example, a line that continues ends as in a shell.
  const std::string_view ending = is_example ? " \\" : "";
  const std::size_t indent = is_example ? 6 : line.starts_with(' ') ? description_column(columns) : 0;
  // Do not break between a flag and its description.
  std::size_t from = is_example ? example.size() : std::max(indent, line.find_first_not_of(' '));
  while (columns_of(line) > columns) {
    const std::size_t end = break_of(line, from, columns - ending.size());
    if (end == std::string::npos) break;
    lines.append(line, 0, end).append(ending) += '\n';
    line = std::string(indent, ' ').append(line, end + 1);
    from = indent;
  }
  lines += line += '\n';
}

}  // namespace

std::size_t help_columns() {
  std::size_t columns = 0;
  if (const char* const given = std::getenv("COLUMNS")) std::from_chars(given, given + std::strlen(given), columns);
  winsize size{};
  if (columns == 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) columns = size.ws_col;
  return columns == 0 ? most_columns : std::clamp(columns, fewest_columns, most_columns);
}

std::size_t description_column(std::size_t columns) {
  constexpr std::size_t beside = 34, below = 6, least_left = 40;
  return columns >= beside + least_left ? beside : below;
}

std::string wrapped_help(std::string_view text, std::size_t columns) {
  std::string lines;
  std::istringstream given{std::string(text)};
  for (std::string line; std::getline(given, line);) {
    line.erase(line.find_last_not_of(' ') + 1);
    append_wrapped(lines, std::move(line), columns);
  }
  return lines;
}

}  // namespace gumbelcuda
