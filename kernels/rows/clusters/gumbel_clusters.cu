// SPDX-License-Identifier: Apache-2.0
// Gumbel-max, Gumbel-softmax and its gradient for rows that a cluster of blocks works on.
#include "kernels/rows/clusters/plan.cuh"
#include "kernels/rows/gumbel_kernels.cuh"

namespace gumbelcuda {

// Rows of any layout, with seeds of their own or not: where rows are few, one kernel for all is fast enough.
template <class Stored>
launch_status clusters_launch<Stored>::max(const gumbel_max_task& task, launch_stream stream) {
  using plan = seeded_plan<strided_plan<cluster_plan<computed_of<Stored>>>>;
  return launch(gumbel_max_kernel<Stored, plan>, detail::clusters_for(task.rows, plan::block, 0), stream, task);
}

template <class Stored>
launch_status clusters_launch<Stored>::softmax(const gumbel_softmax_task& task, launch_stream stream) {
  using V = computed_of<Stored>;
  using plan = kept_plan<cluster_plan<V>>;
  const std::size_t bytes = kept_bytes<V>(task.classes, plan::blocks_of_row, plan::block);
  return launch(gumbel_softmax_kernel<Stored, drawn_gumbels, plan>, detail::clusters_for(task.rows, plan::block, bytes),
                stream, task);
}

template <class Stored>
launch_status clusters_launch<Stored>::softmax_vjp(const gumbel_softmax_vjp_task& task, launch_stream stream) {
  using V = computed_of<Stored>;
  using plan = kept_plan<cluster_plan<V>>;
  const std::size_t bytes = kept_bytes<V>(task.classes, plan::blocks_of_row, plan::block);
  return launch(gumbel_softmax_vjp_kernel<Stored, drawn_gumbels, plan>,
                detail::clusters_for(task.rows, plan::block, bytes), stream, task);
}

template launch_status clusters_launch<float>::max(const gumbel_max_task&, launch_stream);
template launch_status clusters_launch<float>::softmax(const gumbel_softmax_task&, launch_stream);
template launch_status clusters_launch<float>::softmax_vjp(const gumbel_softmax_vjp_task&, launch_stream);
template launch_status clusters_launch<double>::max(const gumbel_max_task&, launch_stream);
template launch_status clusters_launch<double>::softmax(const gumbel_softmax_task&, launch_stream);
template launch_status clusters_launch<double>::softmax_vjp(const gumbel_softmax_vjp_task&, launch_stream);
template launch_status clusters_launch<float16>::max(const gumbel_max_task&, launch_stream);
template launch_status clusters_launch<float16>::softmax(const gumbel_softmax_task&, launch_stream);
template launch_status clusters_launch<float16>::softmax_vjp(const gumbel_softmax_vjp_task&, launch_stream);
template launch_status clusters_launch<bfloat16>::max(const gumbel_max_task&, launch_stream);
template launch_status clusters_launch<bfloat16>::softmax(const gumbel_softmax_task&, launch_stream);
template launch_status clusters_launch<bfloat16>::softmax_vjp(const gumbel_softmax_vjp_task&, launch_stream);

}  // namespace gumbelcuda
