// SPDX-License-Identifier: Apache-2.0
#include "host/cuda/cuda_rows.hpp"

#include "host/cuda/cuda_backend.hpp"
#include "host/cuda/runtime.hpp"
#include "kernels/rows.hpp"

namespace gumbelcuda {
namespace {

// What a launch answered, on the device that it was for. Devices are only asked for once something has failed.
void check_launch(int code, const char* call) {
  if (cudaError_t(code) == cudaSuccess) return;
  const cuda_failure failure(cudaError_t(code), call);
  int current = 0;
  const cuda_answer answer = ask_for_cuda_devices();
  if (answer.devices.empty()) throw no_device("backend cuda: " + answer.problem);
  if (cudaGetDevice(&current) == cudaSuccess)
    for (const cuda_device& device : answer.devices)
      if (device.number == current) throw_failure_of(device, failure);
  throw failure;
}

}  // namespace

void run_on_cuda(const gumbel_noise_task& task, void* stream) {
  check_launch(launch_gumbel_noise(task, stream), "launch of gumbel_noise");
}
void run_on_cuda(const gumbel_max_task& task, void* stream) {
  check_launch(launch_gumbel_max(task, stream), "launch of gumbel_max");
}
void run_on_cuda(const gumbel_softmax_task& task, void* stream) {
  check_launch(launch_gumbel_softmax(task, stream), "launch of gumbel_softmax");
}
void run_on_cuda(const gumbel_softmax_vjp_task& task, void* stream) {
  check_launch(launch_gumbel_softmax_vjp(task, stream), "launch of gumbel_softmax_vjp");
}
void run_on_cuda(const kl_divergence_task& task, void* stream) {
  check_launch(launch_kl_divergence(task, stream), "launch of kl_divergence");
}
void run_on_cuda(const conditional_gumbel_task& task, void* stream) {
  check_launch(launch_conditional_gumbel(task, stream), "launch of conditional_gumbel");
}
void run_on_cuda(const gumbel_rao_vjp_task& task, void* stream) {
  check_launch(launch_gumbel_rao_vjp(task, stream), "launch of gumbel_rao_vjp");
}
void run_on_cuda(const concrete_log_prob_task& task, void* stream) {
  check_launch(launch_concrete_log_prob(task, stream), "launch of concrete_log_prob");
}
void run_on_cuda(const concrete_log_prob_vjp_task& task, void* stream) {
  check_launch(launch_concrete_log_prob_vjp(task, stream), "launch of concrete_log_prob_vjp");
}
void run_on_cuda(const concrete_kl_estimate_task& task, void* stream) {
  check_launch(launch_concrete_kl_estimate(task, stream), "launch of concrete_kl_estimate");
}
void run_on_cuda(const concrete_kl_estimate_vjp_task& task, void* stream) {
  check_launch(launch_concrete_kl_estimate_vjp(task, stream), "launch of concrete_kl_estimate_vjp");
}
void run_on_cuda(const relaxed_bernoulli_task& task, void* stream) {
  check_launch(launch_relaxed_bernoulli(task, stream), "launch of relaxed_bernoulli");
}
void run_on_cuda(const relaxed_bernoulli_vjp_task& task, void* stream) {
  check_launch(launch_relaxed_bernoulli_vjp(task, stream), "launch of relaxed_bernoulli_vjp");
}
void run_on_cuda(const relaxed_bernoulli_log_prob_task& task, void* stream) {
  check_launch(launch_relaxed_bernoulli_log_prob(task, stream), "launch of relaxed_bernoulli_log_prob");
}
void run_on_cuda(const gumbel_top_k_task& task, void* stream) {
  check_launch(launch_gumbel_top_k(task, stream), "launch of gumbel_top_k");
}
void run_on_cuda(const gumbel_max_shard_task& task, void* stream) {
  check_launch(launch_gumbel_max_shard(task, stream), "launch of gumbel_max_shard");
}
void run_on_cuda(const combine_gumbel_max_task& task, void* stream) {
  check_launch(launch_combine_gumbel_max(task, stream), "launch of combine_gumbel_max");
}
void run_on_cuda(const relaxed_k_hot_task& task, void* stream) {
  check_launch(launch_relaxed_k_hot(task, stream), "launch of relaxed_k_hot");
}
void run_on_cuda(const relaxed_k_hot_vjp_task& task, void* stream) {
  check_launch(launch_relaxed_k_hot_vjp(task, stream), "launch of relaxed_k_hot_vjp");
}
void run_on_cuda(const location_scale_sample_task& task, void* stream) {
  check_launch(launch_location_scale_sample(task, stream), "launch of location_scale_sample");
}
void run_on_cuda(const location_scale_sample_vjp_task& task, void* stream) {
  check_launch(launch_location_scale_sample_vjp(task, stream), "launch of location_scale_sample_vjp");
}
void run_on_cuda(const location_scale_log_prob_task& task, void* stream) {
  check_launch(launch_location_scale_log_prob(task, stream), "launch of location_scale_log_prob");
}
void run_on_cuda(const location_scale_log_prob_vjp_task& task, void* stream) {
  check_launch(launch_location_scale_log_prob_vjp(task, stream), "launch of location_scale_log_prob_vjp");
}
void run_on_cuda(const categorical_sample_task& task, void* stream) {
  check_launch(launch_categorical_sample(task, stream), "launch of categorical_sample");
}
void run_on_cuda(const categorical_sample_from_probabilities_task& task, void* stream) {
  check_launch(launch_categorical_sample_from_probabilities(task, stream),
               "launch of categorical_sample_from_probabilities");
}
void advance_noise_on_cuda(std::uint64_t* device_offset, std::uint64_t words, void* stream) {
  check_launch(launch_advance_noise(device_offset, words, stream), "launch of advance_noise");
}
void evaluate_schedule_on_cuda(const temperature_schedule& schedule, const std::uint64_t* step, float* result,
                               void* stream) {
  check_launch(launch_evaluate_schedule(schedule, step, result, stream), "launch of evaluate_schedule");
}

}  // namespace gumbelcuda
