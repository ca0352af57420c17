// SPDX-License-Identifier: Apache-2.0
// Runs a kernel for all threads of a grid, one block after another.
#pragma once

#include <cstdint>

#include "tests/ptx/warp.hpp"

namespace gumbelcuda::ptx {

struct launch_limits {
  unsigned threads = 1024;               // of a block
  std::size_t shared_bytes = 48 * 1024;  // without cudaFuncAttributeMaxDynamicSharedMemorySize
};

// Throws an error of kind launch_shape where CUDA would refuse the launch.
void check_launch(const function& kernel, dim3 grid, dim3 threads, std::size_t dynamic_shared_bytes,
                  const launch_limits& limits = {});

// `order` decides in which order blocks and warps run. 0: upwards; 1: downwards; other values: at random.
void launch(const function& kernel, dim3 grid, dim3 threads, std::size_t dynamic_shared_bytes,
            const void* const* arguments, const global_memory& global, const launch_limits& limits = {},
            std::uint64_t order = 0);

}  // namespace gumbelcuda::ptx
