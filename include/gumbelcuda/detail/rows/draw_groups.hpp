// SPDX-License-Identifier: Apache-2.0
// How the draws of a row are shared out where there are too few rows for a machine: in groups, each as if it were a row
// of its own. Each draw has its own noise, so that it does not matter to any.
#pragma once

#include <cstdint>

#include "gumbelcuda/config.hpp"

GUMBELCUDA_MATH_BEGIN

// Rows that are enough for any machine; draws for which it is worth going through a row's filters again.
inline constexpr std::uint64_t enough_rows = 4096, fewest_draws = 8;

// Draws in each group, but for a row's last.
template <class Task>
GUMBELCUDA_INLINE std::uint64_t draws_of_group(const Task& task) {
  const std::uint64_t most = task.draws / fewest_draws, wanted = task.rows > 0 ? enough_rows / task.rows : 1;
  const std::uint64_t groups = most < wanted ? most : wanted;
  return groups > 1 ? (task.draws + groups - 1) / groups : task.draws;
}
// Groups of each row.
template <class Task>
GUMBELCUDA_INLINE std::uint64_t draw_groups(const Task& task) {
  const std::uint64_t each = draws_of_group(task);
  return (task.draws + each - 1) / each;
}

// Group `number` of all rows' groups: draws first, first + 1, … of row `row`, as far as there are so many. `steps` is
// the same for all groups, so that those that share a warp go in step.
struct draw_group {
  std::uint64_t row, first, steps;

  template <class Task>
  GUMBELCUDA_INLINE draw_group(const Task& task, std::uint64_t number)
      : row(number / draw_groups(task)),
        first(number % draw_groups(task) * draws_of_group(task)),
        steps(draws_of_group(task)) {}
};

GUMBELCUDA_MATH_END
