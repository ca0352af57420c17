// SPDX-License-Identifier: Apache-2.0
// Samples location + scale·noise and their densities, compiled for the GPU.
#include "gumbelcuda/detail/rows/location_scale.hpp"

#include "kernels/rows/any_operation.cuh"

namespace gumbelcuda {

template int launch_rows(const location_scale_sample_task&, void* stream);
template int launch_rows(const location_scale_sample_vjp_task&, void* stream);
template int launch_rows(const location_scale_log_prob_task&, void* stream);
template int launch_rows(const location_scale_log_prob_vjp_task&, void* stream);

}  // namespace gumbelcuda
