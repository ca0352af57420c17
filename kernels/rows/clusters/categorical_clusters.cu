// SPDX-License-Identifier: Apache-2.0
// Draws from categorical distributions for rows that a cluster of blocks works on.
#include "kernels/rows/categorical_kernel.cuh"
#include "kernels/rows/clusters/histogram.cuh"
#include "kernels/rows/clusters/launch.cuh"
#include "kernels/rows/clusters/plan.cuh"

namespace gumbelcuda {

template <class Stored>
std::optional<launch_status> clusters_launch<Stored>::categorical(const categorical_sample_task& task,
                                                                  launch_stream stream) {
  using plan = seeded_plan<cluster_plan<computed_of<Stored>>>;
  if (task.classes <= most_classes_of_block) return {};
  return detail::launch_clusters(has_filters(task) ? categorical_sample_kernel<Stored, plan, true>
                                                   : categorical_sample_kernel<Stored, plan, false>,
                                 task, groups_of(task), plan::block, 0, false, stream);
}

// Its other launches are in gumbel_clusters.cu.
template std::optional<launch_status> clusters_launch<float>::categorical(const categorical_sample_task&,
                                                                          launch_stream);
template std::optional<launch_status> clusters_launch<double>::categorical(const categorical_sample_task&,
                                                                           launch_stream);
template std::optional<launch_status> clusters_launch<float16>::categorical(const categorical_sample_task&,
                                                                            launch_stream);
template std::optional<launch_status> clusters_launch<bfloat16>::categorical(const categorical_sample_task&,
                                                                             launch_stream);

}  // namespace gumbelcuda
