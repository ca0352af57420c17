// SPDX-License-Identifier: Apache-2.0
// Gumbel-top-k, compiled for the GPU.
#include "gumbelcuda/detail/rows/gumbel_top_k.hpp"
#include "kernels/rows/any_operation.cuh"

namespace gumbelcuda {

template int launch_rows(const gumbel_top_k_task&, void* stream);

}  // namespace gumbelcuda
