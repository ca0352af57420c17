// SPDX-License-Identifier: Apache-2.0
// From a task to the launch of its kernel, for numbers of one type.
#pragma once

#include "kernels/rows/clusters/launch.cuh"
#include "kernels/rows/gumbel_by_type.hpp"
#include "kernels/rows/gumbel_kernels.cuh"

namespace gumbelcuda {

namespace detail {

// See detail/rows/gumbels.hpp.
template <class Stored, class Plan>
using supplied = supplied_gumbels<memory_of<Stored, Plan>>;

}  // namespace detail

template <class Stored>
launch_status rows_launch<Stored>::noise(const gumbel_noise_task& task, launch_stream stream) {
  const noise_walk walk(task.rows, task.classes);
  return launch(has_row_noise(task.noise) ? gumbel_noise_kernel<Stored, true> : gumbel_noise_kernel<Stored, false>,
                detail::grid_for(walk.threads(), noise_block, noise_block), stream, task, walk);
}

template <class Stored>
launch_status rows_launch<Stored>::max(const gumbel_max_task& task, launch_stream stream) {
  using V = computed_of<Stored>;
  if (const auto launched = clusters_launch<Stored>::max(task, stream)) return *launched;
  const auto by = [&](auto plan) {
    return launch(gumbel_max_kernel<Stored, decltype(plan)>,
                  detail::grid_for(task.rows, plan.rows_per_block, plan.block), stream, task);
  };
  if (has_row_noise(task.noise)) return with_seeded_row_plan<V>(task.classes, by);
  if (has_strided_classes(task)) return with_strided_row_plan<V>(task.classes, by);
  return with_row_plan<V, 0>(task.classes, by);
}

template <class Stored>
launch_status rows_launch<Stored>::softmax(const gumbel_softmax_task& task, launch_stream stream) {
  using V = computed_of<Stored>;
  const auto drawn = [&](auto plan, std::size_t shared_bytes = 0) {
    launch_shape shape = detail::grid_for(task.rows, plan.rows_per_block, plan.block);
    shape.dynamic_shared_bytes = shared_bytes;
    return launch(gumbel_softmax_kernel<Stored, drawn_gumbels, decltype(plan)>, shape, stream, task);
  };
  const auto supplied = [&](auto plan) {
    return launch(gumbel_softmax_kernel<Stored, detail::supplied<Stored, decltype(plan)>, decltype(plan)>,
                  detail::grid_for(task.rows, plan.rows_per_block, plan.block), stream, task);
  };
  if (!task.gumbel.data)
    if (const auto launched = clusters_launch<Stored>::softmax(task, stream)) return *launched;
  if (has_row_noise(task.noise) && !task.gumbel.data) return with_seeded_row_plan<V>(task.classes, drawn);
  if (has_strided_classes(task))
    return task.gumbel.data ? with_strided_row_plan<V>(task.classes, supplied)
                            : with_strided_row_plan<V>(task.classes, drawn);
  if (task.gumbel.data) return with_coarse_row_plan<V>(task.classes, supplied);
  return with_row_plan<V, 1>(task.classes, [&](auto plan) { return kept_if_possible<V>(task.classes, plan, drawn); });
}

template <class Stored>
launch_status rows_launch<Stored>::softmax_vjp(const gumbel_softmax_vjp_task& task, launch_stream stream) {
  using V = computed_of<Stored>;
  const auto drawn = [&](auto plan, std::size_t shared_bytes = 0) {
    launch_shape shape = detail::grid_for(task.rows, plan.rows_per_block, plan.block);
    shape.dynamic_shared_bytes = shared_bytes;
    return launch(gumbel_softmax_vjp_kernel<Stored, drawn_gumbels, decltype(plan)>, shape, stream, task);
  };
  const auto supplied = [&](auto plan) {
    return launch(gumbel_softmax_vjp_kernel<Stored, detail::supplied<Stored, decltype(plan)>, decltype(plan)>,
                  detail::grid_for(task.rows, plan.rows_per_block, plan.block), stream, task);
  };
  const bool is_supplied = task.gumbel.data && !task.y.data;
  if (!is_supplied)
    if (const auto launched = clusters_launch<Stored>::softmax_vjp(task, stream)) return *launched;
  if (has_row_noise(task.noise) && !task.gumbel.data && !task.y.data)
    return with_seeded_row_plan<V>(task.classes, drawn);
  if (has_strided_classes(task))
    return is_supplied ? with_strided_row_plan<V>(task.classes, supplied)
                       : with_strided_row_plan<V>(task.classes, drawn);
  if (is_supplied) return with_coarse_row_plan<V>(task.classes, supplied);
  return with_row_plan<V, 2>(task.classes, [&](auto plan) { return kept_if_possible<V>(task.classes, plan, drawn); });
}

}  // namespace gumbelcuda
