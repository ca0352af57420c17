// SPDX-License-Identifier: Apache-2.0
// The kernel of an operation that reads its rows as often as it needs them and keeps nothing between: any task with a
// run_row() (include/gumbelcuda/rows/). A warp a row, or a block a row where a row is long. rows_kernel.cuh has the
// operations that keep their row in registers.
#pragma once

#include "kernels/rows.hpp"
#include "kernels/rows_kernel.cuh"
#include "kernels/rows_launch.cuh"

namespace gumbelcuda {

template <class Task, class Stored, class Plan>
__global__ void __launch_bounds__(Plan::block) row_kernel(Task task) {
  detail::for_each_row<Plan>(task.rows, task.classes, [&](std::uint64_t row, const auto& part, std::uint64_t) {
    computed_of<Stored> slots[quad_size * Plan::part::quads_each];
    run_row<Stored>(task, row, part, slots);
  });
}

template <class Stored, class Task>
launch_status launch_rows_of(const Task& task, launch_stream stream) {
  const auto by = [&](auto plan) {
    return launch(row_kernel<Task, Stored, decltype(plan)>,
                  detail::grid_for(task.rows, plan.rows_per_block, plan.block), stream, task);
  };
  constexpr int quads = sizeof(computed_of<Stored>) == sizeof(double) ? 4 : 8, threads = 64 * quads;
  if (task.classes <= warp_size * quads * quad_size) return by(row_plan<warp_size, quads, 128>{});
  return by(row_plan<threads, max_row_slots / quad_size / threads, threads, true>{});
}

// Calls body(Stored{}) for the type in which numbers are stored.
template <class Body>
launch_status with_stored(number_type type, Body body) {
  switch (type) {
    case number_type::float32: return body(float{});
    case number_type::float16: return body(float16{});
    case number_type::bfloat16: return body(bfloat16{});
    case number_type::float64: break;
  }
  return body(double{});
}

// For numbers of the task's type. A cudaError_t.
template <class Task>
int launch_rows(const Task& task, void* stream) {
  return with_stored(task.type, [&](auto stored) {
    return launch_rows_of<decltype(stored)>(task, static_cast<launch_stream>(stream));
  });
}

}  // namespace gumbelcuda
