// SPDX-License-Identifier: Apache-2.0
// What a sweep varies: the factors of its product, each with one or more settings whose choices go in step.
#pragma once

#include <string>
#include <vector>

#include "host/cli/sweep_settings.hpp"

namespace gumbelcuda {

// The choices of one setting.
struct sweep_column {
  const sweep_setting* setting = nullptr;
  unsigned key_line = 1;
  std::vector<setting_value> choices{};
  std::vector<unsigned> lines{};  // of each choice; empty: all are on the key's
  std::vector<double> axis{};     // of each choice: its number, or its place in `words`
  std::vector<std::string> words{};
  bool logarithmic = false;

  unsigned line_of(std::size_t choice) const { return lines.empty() ? key_line : lines[choice]; }
};

struct sweep_factor {
  std::uint64_t count = 1;
  std::vector<sweep_column> columns{};
};

inline constexpr std::int64_t most_choices = std::int64_t{1} << 24;

// The factors of [grid], [[zip]] and [random] in the order of the file. Throws invalid_argument, also for choices that
// do not fit into `available` bytes.
std::vector<sweep_factor> read_factors(const document_value& document, const sweep_source& source,
                                       std::uint64_t available);

}  // namespace gumbelcuda
