// SPDX-License-Identifier: Apache-2.0
// From a task to its kernel's launch, for numbers of one type.
#pragma once

#include <type_traits>

#include "kernels/rows_kernel.cuh"
#include "kernels/rows_launch.hpp"

namespace gumbelcuda {

namespace detail {

// As many blocks as there is work for, up to the most that a grid has; kernels loop over what is left.
inline launch_shape grid_for(std::uint64_t work, int work_per_block, int block) {
  const std::uint64_t blocks = (work + std::uint64_t(work_per_block) - 1) / std::uint64_t(work_per_block);
  return {dim3(unsigned(blocks < 0x7fffffffu ? blocks : 0x7fffffffu)), dim3(unsigned(block))};
}

// See rows/gumbels.hpp.
using drawn = std::type_identity<drawn_gumbels>;
template <class Stored>
using given = std::type_identity<given_gumbels<direct_memory<Stored>>>;

}  // namespace detail

template <class Stored>
launch_status rows_launch<Stored>::noise(const gumbel_noise_task& task, launch_stream stream) {
  const std::uint64_t quads = task.rows * ((task.classes + quad_size - 1) / quad_size);
  return launch(gumbel_noise_kernel<Stored>,
                detail::grid_for(quads, noise_block * noise_quads_per_thread, noise_block), stream, task);
}

template <class Stored>
launch_status rows_launch<Stored>::max(const gumbel_max_task& task, launch_stream stream) {
  return with_row_plan<computed_of<Stored>, 0>(task.classes, [&](auto plan) {
    return launch(gumbel_max_kernel<Stored, decltype(plan)>,
                  detail::grid_for(task.rows, plan.rows_per_block, plan.block), stream, task);
  });
}

template <class Stored>
launch_status rows_launch<Stored>::softmax(const gumbel_softmax_task& task, launch_stream stream) {
  const auto by = [&](auto gumbels, auto plan) {
    return launch(gumbel_softmax_kernel<Stored, typename decltype(gumbels)::type, decltype(plan)>,
                  detail::grid_for(task.rows, plan.rows_per_block, plan.block), stream, task);
  };
  using V = computed_of<Stored>;
  if (task.gumbel.data)
    return with_coarse_row_plan<V>(task.classes, [&](auto plan) { return by(detail::given<Stored>{}, plan); });
  return with_row_plan<V, 1>(task.classes, [&](auto plan) { return by(detail::drawn{}, plan); });
}

template <class Stored>
launch_status rows_launch<Stored>::softmax_vjp(const gumbel_softmax_vjp_task& task, launch_stream stream) {
  const auto by = [&](auto gumbels, auto plan) {
    return launch(gumbel_softmax_vjp_kernel<Stored, typename decltype(gumbels)::type, decltype(plan)>,
                  detail::grid_for(task.rows, plan.rows_per_block, plan.block), stream, task);
  };
  using V = computed_of<Stored>;
  if (task.gumbel.data && !task.y.data)
    return with_coarse_row_plan<V>(task.classes, [&](auto plan) { return by(detail::given<Stored>{}, plan); });
  return with_row_plan<V, 2>(task.classes, [&](auto plan) { return by(detail::drawn{}, plan); });
}

}  // namespace gumbelcuda
