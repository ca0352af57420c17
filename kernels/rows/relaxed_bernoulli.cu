// SPDX-License-Identifier: Apache-2.0
// Relaxed Bernoulli variables, compiled for the GPU.
#include "gumbelcuda/detail/rows/relaxed_bernoulli.hpp"
#include "kernels/rows/any_operation.cuh"

namespace gumbelcuda {

template int launch_rows(const relaxed_bernoulli_task&, void* stream);
template int launch_rows(const relaxed_bernoulli_vjp_task&, void* stream);
template int launch_rows(const relaxed_bernoulli_log_prob_task&, void* stream);

}  // namespace gumbelcuda
