// SPDX-License-Identifier: Apache-2.0
// How the draws of a row are shared out where there are too few rows for a machine: in groups, each as if it were a row
// of its own. Each draw has its own noise, so that it does not matter to any.
#pragma once

#include <cstdint>

#include "gumbelcuda/config.hpp"

GUMBELCUDA_MATH_BEGIN

// Rows that are enough for any machine; draws for which it is worth going through a row's filters again.
inline constexpr std::uint64_t enough_rows = 4096, fewest_draws = 8;

template <class Task>
GUMBELCUDA_INLINE std::uint64_t draw_groups(const Task& task) {
  const std::uint64_t most = task.draws / fewest_draws, wanted = task.rows > 0 ? enough_rows / task.rows : 1;
  const std::uint64_t groups = most < wanted ? most : wanted;
  return groups > 0 ? groups : 1;
}

// Group `number` of all rows' groups: draws [first, last) of row `row`.
struct draw_group {
  std::uint64_t row, first, last;
  bool is_first;

  template <class Task>
  GUMBELCUDA_INLINE draw_group(const Task& task, std::uint64_t number) {
    const std::uint64_t groups = draw_groups(task), group = number % groups;
    const std::uint64_t share = task.draws / groups, larger = task.draws % groups;
    row = number / groups;
    first = group * share + (group < larger ? group : larger);
    last = first + share + (group < larger ? 1 : 0);
    is_first = group == 0;
  }
};

GUMBELCUDA_MATH_END
