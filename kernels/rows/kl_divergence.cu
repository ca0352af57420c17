// SPDX-License-Identifier: Apache-2.0
// The divergence between categorical distributions, compiled for the GPU.
#include "gumbelcuda/detail/rows/kl_divergence.hpp"
#include "kernels/rows/any_operation.cuh"

namespace gumbelcuda {

template int launch_rows(const kl_divergence_task&, void* stream);

}  // namespace gumbelcuda
