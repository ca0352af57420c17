// SPDX-License-Identifier: Apache-2.0
// Densities and divergences, compiled for the GPU.
#include "gumbelcuda/rows/kl_divergence.hpp"
#include "kernels/row_kernel.cuh"

namespace gumbelcuda {

int launch_kl_divergence(const kl_divergence_task& task, void* stream) { return launch_rows(task, stream); }

}  // namespace gumbelcuda
