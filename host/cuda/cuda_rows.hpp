// SPDX-License-Identifier: Apache-2.0
// The operations on rows on the current CUDA device: no CUDA here, and in a build without CUDA host/cuda/absent.cpp
// stands in.
#pragma once

#include "gumbelcuda/rows/categorical_tasks.hpp"
#include "gumbelcuda/rows/concrete_kl_tasks.hpp"
#include "gumbelcuda/rows/distribution_tasks.hpp"
#include "gumbelcuda/rows/gumbel_rao_tasks.hpp"
#include "gumbelcuda/rows/reparameterized_tasks.hpp"
#include "gumbelcuda/rows/sharded_tasks.hpp"
#include "gumbelcuda/rows/tasks.hpp"
#include "gumbelcuda/rows/temperature_schedule.hpp"
#include "gumbelcuda/rows/top_k_tasks.hpp"

namespace gumbelcuda {

// The tasks have been validated; their pointers are the device's, `stream` is a cudaStream_t. Return before the work is
// done. Throw no_device, out_of_memory, error.
void run_on_cuda(const gumbel_noise_task& task, void* stream);
void run_on_cuda(const gumbel_max_task& task, void* stream);
void run_on_cuda(const gumbel_softmax_task& task, void* stream);
void run_on_cuda(const gumbel_softmax_vjp_task& task, void* stream);
void run_on_cuda(const kl_divergence_task& task, void* stream);
void run_on_cuda(const conditional_gumbel_task& task, void* stream);
void run_on_cuda(const gumbel_rao_vjp_task& task, void* stream);
void run_on_cuda(const concrete_log_prob_task& task, void* stream);
void run_on_cuda(const concrete_log_prob_vjp_task& task, void* stream);
void run_on_cuda(const concrete_kl_estimate_task& task, void* stream);
void run_on_cuda(const concrete_kl_estimate_vjp_task& task, void* stream);
void run_on_cuda(const relaxed_bernoulli_task& task, void* stream);
void run_on_cuda(const relaxed_bernoulli_vjp_task& task, void* stream);
void run_on_cuda(const relaxed_bernoulli_log_prob_task& task, void* stream);
void run_on_cuda(const gumbel_top_k_task& task, void* stream);
void run_on_cuda(const gumbel_max_shard_task& task, void* stream);
void run_on_cuda(const combine_gumbel_max_task& task, void* stream);
void run_on_cuda(const relaxed_k_hot_task& task, void* stream);
void run_on_cuda(const relaxed_k_hot_vjp_task& task, void* stream);
void run_on_cuda(const location_scale_sample_task& task, void* stream);
void run_on_cuda(const location_scale_sample_vjp_task& task, void* stream);
void run_on_cuda(const location_scale_log_prob_task& task, void* stream);
void run_on_cuda(const location_scale_log_prob_vjp_task& task, void* stream);
void run_on_cuda(const categorical_sample_task& task, void* stream);
void run_on_cuda(const categorical_sample_from_probabilities_task& task, void* stream);
void advance_noise_on_cuda(std::uint64_t* device_offset, std::uint64_t words, void* stream);
void evaluate_schedule_on_cuda(const temperature_schedule& schedule, const std::uint64_t* step, float* result,
                               void* stream);

}  // namespace gumbelcuda
