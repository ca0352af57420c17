// SPDX-License-Identifier: Apache-2.0
// From a task to its kernel's launch, for numbers of one type.
#pragma once

#include "kernels/rows.hpp"
#include "kernels/rows_kernel.cuh"

namespace gumbelcuda {

template <class Stored>
struct rows_launch {
  using V = computed_of<Stored>;

  static launch_status noise(const gumbel_noise_task& task, launch_stream stream) {
    const std::uint64_t quads = task.rows * ((task.classes + quad_size - 1) / quad_size);
    return launch(gumbel_noise_kernel<Stored>, grid(quads, noise_block * noise_quads_per_thread, noise_block), stream,
                  task);
  }
  static launch_status max(const gumbel_max_task& task, launch_stream stream) {
    return with_row_plan<V, 0>(task.classes, [&](auto plan) {
      return launch(gumbel_max_kernel<Stored, decltype(plan)>, grid(task.rows, plan.rows_per_block, plan.block), stream,
                    task);
    });
  }
  static launch_status softmax(const gumbel_softmax_task& task, launch_stream stream) {
    return with_row_plan<V, 1>(task.classes, [&](auto plan) {
      return launch(gumbel_softmax_kernel<Stored, decltype(plan)>, grid(task.rows, plan.rows_per_block, plan.block),
                    stream, task);
    });
  }
  static launch_status softmax_vjp(const gumbel_softmax_vjp_task& task, launch_stream stream) {
    return with_row_plan<V, 2>(task.classes, [&](auto plan) {
      return launch(gumbel_softmax_vjp_kernel<Stored, decltype(plan)>, grid(task.rows, plan.rows_per_block, plan.block),
                    stream, task);
    });
  }

 private:
  // As many blocks as there is work for, up to the most that a grid has; kernels loop over what is left.
  static launch_shape grid(std::uint64_t work, int work_per_block, int block) {
    const std::uint64_t blocks = (work + std::uint64_t(work_per_block) - 1) / std::uint64_t(work_per_block);
    return {dim3(unsigned(blocks < 0x7fffffffu ? blocks : 0x7fffffffu)), dim3(unsigned(block))};
  }
};

// Calls launch_one(rows_launch of the task's type).
template <class Task, class LaunchOne>
launch_status launch_rows(const Task& task, LaunchOne launch_one) {
  switch (task.type) {
    case number_type::float32: return launch_one(rows_launch<float>{});
    case number_type::float16: return launch_one(rows_launch<float16>{});
    case number_type::bfloat16: return launch_one(rows_launch<bfloat16>{});
    case number_type::float64: break;
  }
  return launch_one(rows_launch<double>{});
}

}  // namespace gumbelcuda
