// SPDX-License-Identifier: Apache-2.0
// Which rows a cluster of blocks works on, and how many threads of how many blocks a row then gets.
#pragma once

#include <optional>

#include "kernels/rows/clusters/threads.cuh"
#include "kernels/rows/grid.cuh"
#include "kernels/rows/plan.cuh"

namespace gumbelcuda {

// The most that a device launches without being asked for more than CUDA promises of every one.
inline constexpr int blocks_of_clusters = 8;

// One block has a row of so many classes done after a few of a cluster's barriers, by the model's count and not by
// measurement: the longest row of floats that it keeps in registers.
inline constexpr std::uint64_t most_classes_of_block = 16384;

template <class V>
struct cluster_plan {
  static constexpr int blocks_of_row = blocks_of_clusters, block = long_row_threads<V>, rows_per_block = 1;
  using part = cluster_threads<blocks_of_row, block, max_row_slots / quad_size / block / blocks_of_row>;
  static constexpr bool staged = false, strided_classes = false, kept_in_shared = false;
  static constexpr int blocks_at_once = 1;
};

namespace detail {

// Blocks have their rows done in one turn if no multiprocessor has two. Clusters take a turn for each `at_once` rows,
// of an eighth of the time.
inline bool clusters_are_sooner(std::uint64_t rows, unsigned at_once) {
  return rows <= std::uint64_t(at_once) * unsigned(blocks_of_clusters - 1);
}

inline launch_shape clusters_for(std::uint64_t rows, int block, std::size_t dynamic_shared_bytes) {
  launch_shape shape = grid_for(rows, 1, block);
  constexpr unsigned most = 0x7fffffffu / unsigned(blocks_of_clusters);
  shape.grid.x = (shape.grid.x < most ? shape.grid.x : most) * unsigned(blocks_of_clusters);
  shape.dynamic_shared_bytes = dynamic_shared_bytes;
  shape.blocks_of_cluster = unsigned(blocks_of_clusters);
  return shape;
}

// Nothing if the device has no room for a cluster, or if single blocks, which are possible unless `always`, are sooner.
template <class Task>
std::optional<launch_status> launch_clusters(void (*kernel)(Task), const Task& task, std::uint64_t rows, int block,
                                             std::size_t dynamic_shared_bytes, bool always, launch_stream stream) {
  const launch_shape shape = clusters_for(rows, block, dynamic_shared_bytes);
  const unsigned at_once = clusters_at_once(kernel, shape);
  if (at_once == 0 || (!always && !clusters_are_sooner(rows, at_once))) return {};
  return launch(kernel, shape, stream, task);
}

}  // namespace detail

}  // namespace gumbelcuda
