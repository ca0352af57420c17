// SPDX-License-Identifier: Apache-2.0
// Gumbels given their argmax, compiled for the GPU.
#include "gumbelcuda/rows/gumbel_rao.hpp"
#include "kernels/row_kernel.cuh"

namespace gumbelcuda {

int launch_conditional_gumbel(const conditional_gumbel_task& task, void* stream) { return launch_rows(task, stream); }
int launch_gumbel_rao_vjp(const gumbel_rao_vjp_task& task, void* stream) { return launch_rows(task, stream); }

}  // namespace gumbelcuda
