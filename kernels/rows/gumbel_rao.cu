// SPDX-License-Identifier: Apache-2.0
// Gumbels given their argmax, compiled for the GPU.
#include "gumbelcuda/detail/rows/gumbel_rao.hpp"
#include "kernels/rows/any_operation.cuh"

namespace gumbelcuda {

template int launch_rows(const conditional_gumbel_task&, void* stream);
template int launch_rows(const gumbel_rao_vjp_task&, void* stream);

}  // namespace gumbelcuda
