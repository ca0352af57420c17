// SPDX-License-Identifier: Apache-2.0
// How the draws of a row are divided into groups if a call has too few rows for the machine. Each group is treated like
// a row of its own. Each draw has its own noise, so the division changes no draw.
#pragma once

#include <cstdint>

#include "gumbelcuda/config.hpp"

GUMBELCUDA_MATH_BEGIN

// The number of rows that is enough for any machine, and the fewest draws for which filtering a row again is
// worthwhile.
inline constexpr std::uint64_t enough_rows = 4096, fewest_draws = 8;

// The number of draws in each group, except the last of a row.
template <class Task>
GUMBELCUDA_INLINE std::uint64_t draws_of_group(const Task& task) {
  const std::uint64_t most = task.draws / fewest_draws, wanted = task.rows > 0 ? enough_rows / task.rows : 1;
  const std::uint64_t groups = most < wanted ? most : wanted;
  return groups > 1 ? (task.draws + groups - 1) / groups : task.draws;
}
// The number of groups of each row.
template <class Task>
GUMBELCUDA_INLINE std::uint64_t draw_groups(const Task& task) {
  const std::uint64_t each = draws_of_group(task);
  return (task.draws + each - 1) / each;
}

// Group `number` among the groups of all rows: draws first, first + 1, … of row `row`, as far as the row has so many.
// `steps` is the same for all groups, so that those in one warp run in step.
struct draw_group {
  std::uint64_t row, first, steps;

  template <class Task>
  GUMBELCUDA_INLINE draw_group(const Task& task, std::uint64_t number)
      : row(number / draw_groups(task)),
        first(number % draw_groups(task) * draws_of_group(task)),
        steps(draws_of_group(task)) {}
};

GUMBELCUDA_MATH_END
