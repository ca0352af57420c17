// SPDX-License-Identifier: Apache-2.0
// The estimate of KL between Concrete laws, compiled for the GPU.
#include "gumbelcuda/detail/rows/concrete_kl.hpp"

#include "kernels/rows/any_operation.cuh"

namespace gumbelcuda {

template int launch_rows(const concrete_kl_estimate_task&, void* stream);
template int launch_rows(const concrete_kl_estimate_vjp_task&, void* stream);

}  // namespace gumbelcuda
