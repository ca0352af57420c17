// SPDX-License-Identifier: Apache-2.0
// How many threads of how many blocks a row gets where a cluster works on it.
#pragma once

#include "kernels/rows/clusters/launch.cuh"
#include "kernels/rows/clusters/threads.cuh"
#include "kernels/rows/grid.cuh"
#include "kernels/rows/plan.cuh"

namespace gumbelcuda {

template <class V>
struct cluster_plan {
  static constexpr int blocks_of_row = blocks_of_clusters, block = long_row_threads<V>, rows_per_block = 1;
  using part = cluster_threads<blocks_of_row, block, max_row_slots / quad_size / block / blocks_of_row>;
  static constexpr bool staged = false, strided_classes = false, kept_in_shared = false;
  static constexpr int blocks_at_once = 1;
};

namespace detail {

inline launch_shape clusters_for(std::uint64_t rows, int block, std::size_t dynamic_shared_bytes) {
  launch_shape shape = grid_for(rows, 1, block);
  constexpr unsigned most = 0x7fffffffu / unsigned(blocks_of_clusters);
  shape.grid.x = (shape.grid.x < most ? shape.grid.x : most) * unsigned(blocks_of_clusters);
  shape.dynamic_shared_bytes = dynamic_shared_bytes;
  shape.blocks_of_cluster = unsigned(blocks_of_clusters);
  return shape;
}

}  // namespace detail

}  // namespace gumbelcuda
