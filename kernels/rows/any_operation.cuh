// SPDX-License-Identifier: Apache-2.0
// The kernel of any task with a run_row() (include/gumbelcuda/detail/rows/): one warp per row, or one block per row if
// rows are long. gumbel_kernels.cuh has the operations for which one thread may have a whole row.
#pragma once

#include "gumbelcuda/detail/rows/with_stored.hpp"
#include "kernels/rows/grid.cuh"
#include "kernels/rows/instances.hpp"
#include "kernels/rows/plan.cuh"

namespace gumbelcuda {

template <class Task, class Stored, class Plan>
__global__ void __launch_bounds__(Plan::block, Plan::blocks_at_once) row_kernel(Task task) {
  detail::for_each_row<Plan>(task.rows, task.classes, [&](std::uint64_t row, const auto& part, std::uint64_t) {
    computed_of<Stored> slots[quad_size * Plan::part::quads_each];
    run_row<Stored>(task, row, part, slots);
  });
}

// Launches for numbers of the task's type. with_plan(V{}, classes, body) calls body with a plan of plan.cuh for numbers
// that are computed with as V. Returns a cudaError_t.
template <class Task, class WithPlan>
int launch_row_kernel_by(const Task& task, void* stream, WithPlan with_plan) {
  return with_stored(task.type, [&](auto stored) {
    using Stored = decltype(stored);
    return with_plan(computed_of<Stored>{}, task.classes, [&](auto plan) {
      return launch(row_kernel<Task, Stored, decltype(plan)>,
                    detail::grid_for(task.rows, plan.rows_per_block, plan.block), static_cast<launch_stream>(stream),
                    task);
    });
  });
}

// The same, but rows with noise of their own get a plan for rows of any length, whatever plans others have: two more
// kernels, not a second copy of all.
template <class Task, class WithPlan>
int launch_row_kernel(const Task& task, void* stream, WithPlan with_plan) {
  if constexpr (requires(const Task& t) { t.noise; })
    if (has_row_noise(task.noise))
      return launch_row_kernel_by(task, stream, [](auto number, std::uint64_t classes, auto body) {
        return with_looped_row_plan<decltype(number)>(classes,
                                                      [&](auto plan) { return body(seeded_plan<decltype(plan)>{}); });
      });
  return launch_row_kernel_by(task, stream, with_plan);
}

template <class Task>
int launch_looped_rows(const Task& task, void* stream) {
  return launch_row_kernel(task, stream, [](auto number, std::uint64_t classes, auto body) {
    return with_looped_row_plan<decltype(number)>(classes, body);
  });
}

template <class Task>
int launch_task(const Task& task, void* stream) {
  return launch_looped_rows(task, stream);
}

}  // namespace gumbelcuda
