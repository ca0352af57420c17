// SPDX-License-Identifier: Apache-2.0
// Gumbel-top-k, compiled for the GPU.
#include "gumbelcuda/rows/gumbel_top_k.hpp"
#include "kernels/row_kernel.cuh"

namespace gumbelcuda {

int launch_gumbel_top_k(const gumbel_top_k_task& task, void* stream) { return launch_rows(task, stream); }

}  // namespace gumbelcuda
