// SPDX-License-Identifier: Apache-2.0
// Samples location + scale·noise and their densities, compiled for the GPU.
#include "gumbelcuda/rows/reparameterized.hpp"

#include "kernels/row_kernel.cuh"

namespace gumbelcuda {

int launch_location_scale_sample(const location_scale_sample_task& task, void* stream) {
  return launch_rows(task, stream);
}
int launch_location_scale_sample_vjp(const location_scale_sample_vjp_task& task, void* stream) {
  return launch_rows(task, stream);
}
int launch_location_scale_log_prob(const location_scale_log_prob_task& task, void* stream) {
  return launch_rows(task, stream);
}
int launch_location_scale_log_prob_vjp(const location_scale_log_prob_vjp_task& task, void* stream) {
  return launch_rows(task, stream);
}

}  // namespace gumbelcuda
