// SPDX-License-Identifier: Apache-2.0
// The estimate of KL between Concrete laws, compiled for the GPU.
#include "gumbelcuda/rows/concrete_kl.hpp"

#include "kernels/row_kernel.cuh"

namespace gumbelcuda {

int launch_concrete_kl_estimate(const concrete_kl_estimate_task& task, void* stream) {
  return launch_rows(task, stream);
}
int launch_concrete_kl_estimate_vjp(const concrete_kl_estimate_vjp_task& task, void* stream) {
  return launch_rows(task, stream);
}

}  // namespace gumbelcuda
