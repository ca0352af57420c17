// SPDX-License-Identifier: Apache-2.0
// Which rows a cluster of blocks works on, and the launches of its kernels, for numbers of one type. Devices before
// compute capability 9.0 launch no clusters: there a row has one block, however few rows there are. A caller can split
// long rows there: gumbel_max_shard() for each piece, on streams of their own, and combine_gumbel_max() (sharded.hpp).
#pragma once

#include "gumbelcuda/categorical_sample.hpp"
#include "gumbelcuda/gumbel.hpp"
#include "kernels/rows/plan.cuh"
#include "kernels/simt.cuh"

namespace gumbelcuda {

// The most that every device with clusters launches.
inline constexpr int blocks_of_clusters = 8;

// One block has a row of so many classes done after a few of a cluster's barriers: the longest row of floats
// that it keeps in registers.
inline constexpr std::uint64_t most_classes_of_block = 16384;

// Whether the rows are so few that one block each would leave multiprocessors idle, and so long that it matters.
inline bool leaves_multiprocessors_idle(std::uint64_t rows, std::uint64_t classes) {
  return classes > most_classes_of_block && rows <= multiprocessors_for_clusters();
}
// The same for operations that keep the row in shared memory. Of a row that one block's does not hold, a cluster's
// does, however many rows there are.
template <class V>
bool suits_clusters(std::uint64_t rows, std::uint64_t classes) {
  if (classes <= most_classes_of_block || !can_be_kept<V>(classes, blocks_of_clusters, long_row_threads<V>))
    return false;
  const unsigned multiprocessors = multiprocessors_for_clusters();
  return multiprocessors > 0 && (rows <= multiprocessors || !can_be_kept<V>(classes, 1, long_row_threads<V>));
}

template <class Stored>
struct clusters_launch {
  static launch_status max(const gumbel_max_task& task, launch_stream stream);
  static launch_status softmax(const gumbel_softmax_task& task, launch_stream stream);
  static launch_status categorical(const categorical_sample_task& task, launch_stream stream);
  static launch_status softmax_vjp(const gumbel_softmax_vjp_task& task, launch_stream stream);
};

}  // namespace gumbelcuda
