// SPDX-License-Identifier: Apache-2.0
// Densities and divergences, compiled for the GPU.
#include "gumbelcuda/rows/concrete.hpp"
#include "gumbelcuda/rows/kl_divergence.hpp"
#include "gumbelcuda/rows/relaxed_bernoulli.hpp"
#include "kernels/row_kernel.cuh"

namespace gumbelcuda {

int launch_kl_divergence(const kl_divergence_task& task, void* stream) { return launch_rows(task, stream); }
int launch_concrete_log_prob(const concrete_log_prob_task& task, void* stream) { return launch_rows(task, stream); }
int launch_concrete_log_prob_vjp(const concrete_log_prob_vjp_task& task, void* stream) {
  return launch_rows(task, stream);
}
int launch_relaxed_bernoulli(const relaxed_bernoulli_task& task, void* stream) { return launch_rows(task, stream); }
int launch_relaxed_bernoulli_vjp(const relaxed_bernoulli_vjp_task& task, void* stream) {
  return launch_rows(task, stream);
}
int launch_relaxed_bernoulli_log_prob(const relaxed_bernoulli_log_prob_task& task, void* stream) {
  return launch_rows(task, stream);
}

}  // namespace gumbelcuda
