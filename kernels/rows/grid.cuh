// SPDX-License-Identifier: Apache-2.0
// Divides the rows of a launch among its blocks.
#pragma once

#include <cstdint>

#include "kernels/simt.cuh"

namespace gumbelcuda::detail {

// As many blocks as there is work for, up to the most that a grid has; kernels loop over the rest.
inline launch_shape grid_for(std::uint64_t work, int work_per_block, int block) {
  const std::uint64_t blocks = (work + std::uint64_t(work_per_block) - 1) / std::uint64_t(work_per_block);
  return {dim3(unsigned(blocks < 0x7fffffffu ? blocks : 0x7fffffffu)), dim3(unsigned(block))};
}

// Calls body(row, part, number) for the rows of this block. `number` is the row's number and may be past the last row;
// then `row` is the last row, and the part has no quads.
template <class Plan, class Body>
__device__ void for_each_row(std::uint64_t rows, std::uint64_t classes, Body body) {
  if constexpr (Plan::blocks_of_row > 1) {
    for (std::uint64_t row = blockIdx.x / Plan::blocks_of_row; row < rows; row += gridDim.x / Plan::blocks_of_row)
      body(row, typename Plan::part(classes, true), row);
    Plan::part::leave();
    return;
  }
  const std::uint64_t blocks = (rows + Plan::rows_per_block - 1) / Plan::rows_per_block;
  for (std::uint64_t block = blockIdx.x; block < blocks; block += gridDim.x) {
    // Where a block has one row the compiler sees that it is the same for all threads, which saves registers.
    constexpr bool row_of_block = Plan::part::is_looped && Plan::rows_per_block == 1;
    const std::uint64_t number = block * Plan::rows_per_block + (row_of_block ? 0 : threadIdx.x / Plan::part::threads);
    body(number < rows ? number : rows - 1, typename Plan::part(classes, number < rows), number);
  }
}

}  // namespace gumbelcuda::detail
