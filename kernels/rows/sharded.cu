// SPDX-License-Identifier: Apache-2.0
// Rows that are split over ranks. Shards run like any operation on rows; partial results take one thread per row.
#include "gumbelcuda/detail/rows/sharded.hpp"
#include "kernels/rows/any_operation.cuh"

namespace gumbelcuda {

namespace {

constexpr int combine_block = 128;

template <class Body>
__device__ void for_each_row_of_thread(std::uint64_t rows, Body body) {
  const std::uint64_t step = std::uint64_t(gridDim.x) * blockDim.x;
  for (std::uint64_t row = std::uint64_t(blockIdx.x) * blockDim.x + threadIdx.x; row < rows; row += step) body(row);
}

template <class Computed>
__global__ void __launch_bounds__(combine_block) combine_kernel(combine_gumbel_max_task task) {
  for_each_row_of_thread(task.rows, [&](std::uint64_t row) { combine_row<Computed>(task, row); });
}

// Writes the results of a shard without classes.
template <class Partial>
__global__ void __launch_bounds__(combine_block) no_classes_kernel(std::uint64_t rows, Partial* partial) {
  for_each_row_of_thread(rows, [&](std::uint64_t row) { partial[row] = Partial{}; });
}

launch_shape thread_a_row(std::uint64_t rows) { return detail::grid_for(rows, combine_block, combine_block); }

}  // namespace

static int launch_task(const gumbel_max_shard_task& task, void* stream) {
  if (task.classes > 0) return launch_looped_rows(task, stream);
  return launch(no_classes_kernel<gumbel_max_partial>, thread_a_row(task.rows), static_cast<launch_stream>(stream),
                task.rows, task.partial);
}

static int launch_task(const combine_gumbel_max_task& task, void* stream) {
  const auto by = [&](auto kernel) {
    return launch(kernel, thread_a_row(task.rows), static_cast<launch_stream>(stream), task);
  };
  return task.type == number_type::float64 ? by(combine_kernel<double>) : by(combine_kernel<float>);
}

template int launch_rows(const gumbel_max_shard_task&, void* stream);
template int launch_rows(const combine_gumbel_max_task&, void* stream);

}  // namespace gumbelcuda
