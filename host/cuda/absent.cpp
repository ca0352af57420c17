// SPDX-License-Identifier: Apache-2.0
// Stands in for the CUDA backend in a build without CUDA.
#include "host/cuda/cuda_backend.hpp"
#include "host/cuda/cuda_rows.hpp"
#include "host/cuda/device_arrays.hpp"
#include "host/cuda/pointers.hpp"

namespace gumbelcuda {
namespace {

[[noreturn]] void refuse() { throw no_device("backend cuda: " + ask_for_cuda_devices().problem); }

}  // namespace

bool have_cuda_backend() { return false; }

cuda_answer ask_for_cuda_devices() {
  return {
      {},
      "this build has no CUDA backend, which needs nvcc 12 or later (GUMBELCUDA_CUDA=ON says what is missing); use the "
      "CPU backend (cpu or auto)"};
}

void train_fleet_on_cuda(const fleet_config&, const fleet_execution&, const std::vector<cuda_device>&, fleet_result&) {
  refuse();
}

void run_on_cuda(const gumbel_noise_task&, void*) { refuse(); }
void run_on_cuda(const gumbel_max_task&, void*) { refuse(); }
void run_on_cuda(const gumbel_softmax_task&, void*) { refuse(); }
void run_on_cuda(const gumbel_softmax_vjp_task&, void*) { refuse(); }
void run_on_cuda(const kl_divergence_task&, void*) { refuse(); }
void run_on_cuda(const conditional_gumbel_task&, void*) { refuse(); }
void run_on_cuda(const gumbel_rao_vjp_task&, void*) { refuse(); }
void run_on_cuda(const concrete_log_prob_task&, void*) { refuse(); }
void run_on_cuda(const concrete_log_prob_vjp_task&, void*) { refuse(); }
void run_on_cuda(const concrete_kl_estimate_task&, void*) { refuse(); }
void run_on_cuda(const concrete_kl_estimate_vjp_task&, void*) { refuse(); }
void run_on_cuda(const relaxed_bernoulli_task&, void*) { refuse(); }
void run_on_cuda(const relaxed_bernoulli_vjp_task&, void*) { refuse(); }
void run_on_cuda(const relaxed_bernoulli_log_prob_task&, void*) { refuse(); }
void run_on_cuda(const gumbel_top_k_task&, void*) { refuse(); }
void run_on_cuda(const gumbel_max_shard_task&, void*) { refuse(); }
void run_on_cuda(const combine_gumbel_max_task&, void*) { refuse(); }
void run_on_cuda(const relaxed_k_hot_task&, void*) { refuse(); }
void run_on_cuda(const relaxed_k_hot_vjp_task&, void*) { refuse(); }
void run_on_cuda(const location_scale_sample_task&, void*) { refuse(); }
void run_on_cuda(const location_scale_sample_vjp_task&, void*) { refuse(); }
void run_on_cuda(const location_scale_log_prob_task&, void*) { refuse(); }
void run_on_cuda(const location_scale_log_prob_vjp_task&, void*) { refuse(); }
void run_on_cuda(const categorical_sample_task&, void*) { refuse(); }
void run_on_cuda(const categorical_sample_from_probabilities_task&, void*) { refuse(); }
void advance_noise_on_cuda(std::uint64_t*, std::uint64_t, void*) { refuse(); }
void evaluate_schedule_on_cuda(const temperature_schedule&, const std::uint64_t*, float*, void*) { refuse(); }

std::unique_ptr<device_arrays> make_device_arrays() { refuse(); }

bool is_plain_host_memory(const void*) { return false; }

}  // namespace gumbelcuda
