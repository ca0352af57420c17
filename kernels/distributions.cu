// SPDX-License-Identifier: Apache-2.0
// Densities and divergences, compiled for the GPU.
#include "gumbelcuda/rows/concrete.hpp"
#include "gumbelcuda/rows/kl_divergence.hpp"
#include "gumbelcuda/rows/relaxed_bernoulli.hpp"
#include "kernels/row_kernel.cuh"

namespace gumbelcuda {

template int launch_rows(const kl_divergence_task&, void* stream);
template int launch_rows(const concrete_log_prob_task&, void* stream);
template int launch_rows(const concrete_log_prob_vjp_task&, void* stream);
template int launch_rows(const relaxed_bernoulli_task&, void* stream);
template int launch_rows(const relaxed_bernoulli_vjp_task&, void* stream);
template int launch_rows(const relaxed_bernoulli_log_prob_task&, void* stream);

}  // namespace gumbelcuda
