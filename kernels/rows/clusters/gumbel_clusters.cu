// SPDX-License-Identifier: Apache-2.0
// Gumbel-max, Gumbel-softmax and its gradient for rows that a cluster of blocks works on.
#include "kernels/rows/clusters/launch.cuh"
#include "kernels/rows/clusters/plan.cuh"
#include "kernels/rows/gumbel_kernels.cuh"

namespace gumbelcuda {

namespace {

// Rows of any layout, with seeds of their own or not, of any length: where rows are few, one kernel for all is fast
// enough.
template <class Stored>
using any_rows = seeded_plan<strided_plan<cluster_plan<computed_of<Stored>>>>;
template <class Stored>
using kept_rows = kept_plan<cluster_plan<computed_of<Stored>>>;

// Launches `kept`, whose rows are contiguous and share their seed, if that is so and a cluster's shared memory holds
// one; of rows that one block's does not hold, however many there are. Otherwise launches `any`.
template <class Stored, class Task>
std::optional<launch_status> launch_relaxation(void (*kept)(Task), void (*any)(Task), const Task& task,
                                               bool has_row_noise, launch_stream stream) {
  using V = computed_of<Stored>;
  using plan = kept_rows<Stored>;
  const auto can_be_kept_by = [&](int blocks) { return can_be_kept<V>(task.classes, blocks, plan::block); };
  if (task.classes <= most_classes_of_block) return {};
  if (has_row_noise || has_strided_classes(task) || !can_be_kept_by(plan::blocks_of_row))
    return detail::launch_clusters(any, task, task.rows, plan::block, 0, false, stream);
  const std::size_t bytes = kept_bytes<V>(task.classes, plan::blocks_of_row, plan::block);
  return detail::launch_clusters(kept, task, task.rows, plan::block, bytes, !can_be_kept_by(1), stream);
}

}  // namespace

template <class Stored>
std::optional<launch_status> clusters_launch<Stored>::max(const gumbel_max_task& task, launch_stream stream) {
  using plan = any_rows<Stored>;
  if (task.classes <= most_classes_of_block) return {};
  return detail::launch_clusters(gumbel_max_kernel<Stored, plan>, task, task.rows, plan::block, 0, false, stream);
}

template <class Stored>
std::optional<launch_status> clusters_launch<Stored>::softmax(const gumbel_softmax_task& task, launch_stream stream) {
  return launch_relaxation<Stored>(gumbel_softmax_kernel<Stored, drawn_gumbels, kept_rows<Stored>>,
                                   gumbel_softmax_kernel<Stored, drawn_gumbels, any_rows<Stored>>, task,
                                   has_row_noise(task.noise), stream);
}

template <class Stored>
std::optional<launch_status> clusters_launch<Stored>::softmax_vjp(const gumbel_softmax_vjp_task& task,
                                                                  launch_stream stream) {
  return launch_relaxation<Stored>(gumbel_softmax_vjp_kernel<Stored, drawn_gumbels, kept_rows<Stored>>,
                                   gumbel_softmax_vjp_kernel<Stored, drawn_gumbels, any_rows<Stored>>, task,
                                   has_row_noise(task.noise) && !task.y.data, stream);
}

template struct clusters_launch<float>;
template struct clusters_launch<double>;
template struct clusters_launch<float16>;
template struct clusters_launch<bfloat16>;

}  // namespace gumbelcuda
