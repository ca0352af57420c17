// SPDX-License-Identifier: Apache-2.0
// Relaxed k-hot samples and their gradients, compiled for the GPU.
#include "gumbelcuda/rows/relaxed_k_hot.hpp"
#include "kernels/row_kernel.cuh"

namespace gumbelcuda {

int launch_relaxed_k_hot(const relaxed_k_hot_task& task, void* stream) { return launch_rows(task, stream); }
int launch_relaxed_k_hot_vjp(const relaxed_k_hot_vjp_task& task, void* stream) { return launch_rows(task, stream); }

}  // namespace gumbelcuda
