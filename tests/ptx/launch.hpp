// SPDX-License-Identifier: Apache-2.0
// Runs a kernel for all threads of a grid, one block after another, or one cluster of blocks.
#pragma once

#include <cstdint>

#include "tests/ptx/warp.hpp"

namespace gumbelcuda::ptx {

struct launch_limits {
  unsigned threads = 1024;               // of a block
  std::size_t shared_bytes = 48 * 1024;  // without cudaFuncAttributeMaxDynamicSharedMemorySize
  unsigned blocks_of_cluster = 8;        // that every device with clusters allows
};

struct launch_shape {
  dim3 grid, threads;
  std::size_t dynamic_shared_bytes = 0;
  unsigned blocks_of_cluster = 1;
};

// Throws an error of kind launch_shape where CUDA would refuse the launch.
void check_launch(const function& kernel, const launch_shape& shape, const launch_limits& limits = {});

// `order` decides in which order blocks and warps run. 0: upwards; 1: downwards; other values: at random.
void launch(const function& kernel, const launch_shape& shape, const void* const* arguments,
            const global_memory& global, const launch_limits& limits = {}, std::uint64_t order = 0);

}  // namespace gumbelcuda::ptx
