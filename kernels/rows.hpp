// SPDX-License-Identifier: Apache-2.0
// The operations on rows as the host sees them: no CUDA here, so that any compiler can include it.
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

// Each does a task on `stream` (a cudaStream_t; all pointers of the task are the device's) and returns at once, with a
// cudaError_t. No rows: success, nothing runs. The tasks have been validated.
int launch_gumbel_noise(const gumbel_noise_task& task, void* stream);
int launch_gumbel_max(const gumbel_max_task& task, void* stream);
int launch_gumbel_softmax(const gumbel_softmax_task& task, void* stream);
int launch_gumbel_softmax_vjp(const gumbel_softmax_vjp_task& task, void* stream);
int launch_kl_divergence(const kl_divergence_task& task, void* stream);
int launch_conditional_gumbel(const conditional_gumbel_task& task, void* stream);
int launch_gumbel_rao_vjp(const gumbel_rao_vjp_task& task, void* stream);
int launch_concrete_log_prob(const concrete_log_prob_task& task, void* stream);
int launch_concrete_log_prob_vjp(const concrete_log_prob_vjp_task& task, void* stream);
int launch_concrete_kl_estimate(const concrete_kl_estimate_task& task, void* stream);
int launch_concrete_kl_estimate_vjp(const concrete_kl_estimate_vjp_task& task, void* stream);
int launch_relaxed_bernoulli(const relaxed_bernoulli_task& task, void* stream);
int launch_relaxed_bernoulli_vjp(const relaxed_bernoulli_vjp_task& task, void* stream);
int launch_relaxed_bernoulli_log_prob(const relaxed_bernoulli_log_prob_task& task, void* stream);
int launch_gumbel_top_k(const gumbel_top_k_task& task, void* stream);
int launch_gumbel_max_shard(const gumbel_max_shard_task& task, void* stream);
int launch_combine_gumbel_max(const combine_gumbel_max_task& task, void* stream);
int launch_relaxed_k_hot(const relaxed_k_hot_task& task, void* stream);
int launch_relaxed_k_hot_vjp(const relaxed_k_hot_vjp_task& task, void* stream);
int launch_location_scale_sample(const location_scale_sample_task& task, void* stream);
int launch_location_scale_sample_vjp(const location_scale_sample_vjp_task& task, void* stream);
int launch_location_scale_log_prob(const location_scale_log_prob_task& task, void* stream);
int launch_location_scale_log_prob_vjp(const location_scale_log_prob_vjp_task& task, void* stream);
int launch_categorical_sample(const categorical_sample_task& task, void* stream);
int launch_categorical_sample_from_probabilities(const categorical_sample_from_probabilities_task& task, void* stream);

// *offset += words, in the order of the stream.
int launch_advance_noise(std::uint64_t* offset, std::uint64_t words, void* stream);
// *result = temperature(schedule, *step), in the order of the stream.
int launch_evaluate_schedule(const temperature_schedule& schedule, const std::uint64_t* step, float* result,
                             void* stream);

}  // namespace gumbelcuda
