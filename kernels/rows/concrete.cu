// SPDX-License-Identifier: Apache-2.0
// The density of the Concrete distribution, compiled for the GPU.
#include "gumbelcuda/detail/rows/concrete.hpp"
#include "kernels/rows/any_operation.cuh"

namespace gumbelcuda {

template int launch_rows(const concrete_log_prob_task&, void* stream);
template int launch_rows(const concrete_log_prob_vjp_task&, void* stream);

}  // namespace gumbelcuda
