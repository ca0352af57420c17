// SPDX-License-Identifier: Apache-2.0
// CUDA C++ for the host compiler: everything that kernels/simt.cuh promises to kernels, with a launch() that runs them
// on this processor. Included through instead/kernels/simt.cuh.
#pragma once

#include <functional>

#include "kernels/warp.hpp"
#include "tests/simt/cuda_types.hpp"
#include "tests/simt/device.hpp"
#include "tests/simt/device_functions.hpp"
#include "tests/simt/error.hpp"
#include "tests/simt/lane_functions.hpp"
#include "tests/simt/machine.hpp"
#include "tests/simt/shared_memory.hpp"

#undef __global__
#undef __device__
#undef __host__
#undef __constant__
#undef __forceinline__
#undef __launch_bounds__
#define __global__
#define __device__
#define __host__
#define __constant__
#define __forceinline__ inline
#define __launch_bounds__(...)

namespace gumbelcuda {

using launch_stream = void*;
using launch_status = int;
inline constexpr launch_status launch_success = 0;

inline std::size_t most_dynamic_shared_bytes() { return simt::shared_bytes_of_block - most_static_shared_bytes; }

template <class... Parameters>
unsigned clusters_at_once(void (*)(Parameters...), const launch_shape&) {
  return simt::device_with_clusters::at_once();
}

// Throws simt::error if the kernel or the shape is wrong. Each thread has its own copy of the arguments.
template <class... Parameters, class... Arguments>
launch_status launch(void (*kernel)(Parameters...), const launch_shape& shape, launch_stream,
                     const Arguments&... arguments) {
  if (shape.grid.x == 0 || shape.grid.y == 0 || shape.grid.z == 0) return launch_success;
  simt::machine::of_this_thread().run(shape, [&] { kernel(static_cast<Parameters>(arguments)...); });
  return launch_success;
}

}  // namespace gumbelcuda
