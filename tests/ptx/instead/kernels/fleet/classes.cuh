// SPDX-License-Identifier: Apache-2.0
// Replaces kernels/fleet/classes.cuh where a test launches kernels that nvcc compiled: declares what the library's
// objects define.
#pragma once

#include <cuda_runtime_api.h>

#include "gumbelcuda/detail/gan/shape.hpp"
#include "gumbelcuda/math/lane.hpp"
#include "kernels/fleet/policy.hpp"
#include "kernels/fleet/slice.hpp"

namespace gumbelcuda {

using launch_stream = cudaStream_t;
using launch_status = cudaError_t;
inline constexpr launch_status launch_success = cudaSuccess;

template <class Classes>
launch_status launch_train_fleet_of(const fleet_slice& slice, launch_stream stream, const fleet_plan& plan,
                                    Classes classes);

}  // namespace gumbelcuda
