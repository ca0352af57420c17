// SPDX-License-Identifier: Apache-2.0
// Draws from categorical distributions, compiled for the GPU. Without filters, rows that share a warp stay in step, and
// a separate kernel has no more registers than it needs. A filter sweeps a row as often as the row's numbers require,
// so each row has a warp.
#include "kernels/rows/any_operation.cuh"
#include "kernels/rows/categorical_kernel.cuh"
#include "kernels/rows/clusters/launch.cuh"
#include "kernels/rows/launch.hpp"
#include "kernels/rows/row_histogram.cuh"

namespace gumbelcuda {

template <class Stored, class Plan>
__global__ void __launch_bounds__(Plan::block, sampling_blocks<Plan>)
    categorical_sample_from_probabilities_kernel(categorical_sample_from_probabilities_task task) {
  detail::for_each_row<Plan>(groups_of(task), task.classes, [&](std::uint64_t group, const auto& part, std::uint64_t) {
    direct_memory<Stored> memory(task.classes);
    computed_of<Stored> slots[quad_size * Plan::part::quads_each];
    categorical_sample_of_row<Stored>(task, {task, group}, part, memory, slots);
  });
}

// Calls body(row_plan) with a warp or a block per row. If Shared, short rows get fewer threads and share a warp. All
// plans allow a seed per row, since requests usually have their own.
template <class V, bool Shared, class Body>
launch_status with_sampling_plan(std::uint64_t classes, Body body) {
  if constexpr (Shared)
    if (classes <= 64) return body(seeded_plan<row_plan<8, 2, 128>>{});
  return with_looped_row_plan<V>(classes, [&](auto plan) { return body(seeded_plan<decltype(plan)>{}); });
}

static int launch_task(const categorical_sample_task& task, void* stream) {
  return with_stored(task.type, [&](auto stored) {
    using Stored = decltype(stored);
    if (const auto launched = clusters_launch<Stored>::categorical(task, static_cast<launch_stream>(stream)))
      return *launched;
    const auto by = [&](auto plan, auto kernel) {
      return launch(kernel, detail::grid_for(groups_of(task), plan.rows_per_block, plan.block),
                    static_cast<launch_stream>(stream), task);
    };
    if (has_filters(task))
      return with_sampling_plan<computed_of<Stored>, false>(
          task.classes, [&](auto plan) { return by(plan, categorical_sample_kernel<Stored, decltype(plan), true>); });
    return with_sampling_plan<computed_of<Stored>, true>(
        task.classes, [&](auto plan) { return by(plan, categorical_sample_kernel<Stored, decltype(plan), false>); });
  });
}

static int launch_task(const categorical_sample_from_probabilities_task& task, void* stream) {
  return with_stored(task.type, [&](auto stored) {
    using Stored = decltype(stored);
    return with_sampling_plan<computed_of<Stored>, true>(task.classes, [&](auto plan) {
      return launch(categorical_sample_from_probabilities_kernel<Stored, decltype(plan)>,
                    detail::grid_for(groups_of(task), plan.rows_per_block, plan.block),
                    static_cast<launch_stream>(stream), task);
    });
  });
}

template int launch_rows(const categorical_sample_task&, void* stream);
template int launch_rows(const categorical_sample_from_probabilities_task&, void* stream);

}  // namespace gumbelcuda
