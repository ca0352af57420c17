// SPDX-License-Identifier: Apache-2.0
// The kernel that draws from categorical distributions given as logits, for the plans of plan.cuh and of clusters.
#pragma once

#include "gumbelcuda/detail/rows/categorical_sample.hpp"
#include "kernels/rows/grid.cuh"
#include "kernels/rows/row_histogram.cuh"

namespace gumbelcuda {

template <class Task>
GUMBELCUDA_HD std::uint64_t groups_of(const Task& task) {
  return task.rows * draw_groups(task);
}

// Blocks per multiprocessor. The assembler would fit more of the small ones, and spill. A cluster's
// blocks have one each.
template <class Plan>
inline constexpr int sampling_blocks = Plan::blocks_of_row > 1 ? 1 : 512 / Plan::block;

template <class Stored, class Plan, bool Filtered>
__global__ void __launch_bounds__(Plan::block, sampling_blocks<Plan>)
    categorical_sample_kernel(categorical_sample_task task) {
  static_assert(!Filtered || Plan::rows_per_block <= most_rows_of_block<Plan::part::threads>);
  detail::for_each_row<Plan>(groups_of(task), task.classes, [&](std::uint64_t group, const auto& part, std::uint64_t) {
    direct_memory<Stored> memory(task.classes);
    computed_of<Stored> slots[quad_size * Plan::part::quads_each];
    categorical_sample_of_row<Stored, Filtered>(task, {task, group}, part, memory, slots);
  });
}

}  // namespace gumbelcuda
