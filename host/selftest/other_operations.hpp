// SPDX-License-Identifier: Apache-2.0
// The operations beside noise, Gumbel-max and Gumbel-softmax, which the self-test compares byte by byte only: a list of
// functions, and a type that holds a task of any of them.
#pragma once

#include <tuple>
#include <variant>

#include "gumbelcuda/categorical_sample.hpp"
#include "gumbelcuda/distributions.hpp"
#include "gumbelcuda/gumbel_rao.hpp"
#include "gumbelcuda/reparameterized.hpp"
#include "gumbelcuda/sampling.hpp"
#include "gumbelcuda/sharded.hpp"
#include "gumbelcuda/temperature_schedule.hpp"
#include "gumbelcuda/top_k.hpp"

namespace gumbelcuda {

// What is no operation on rows, in the form of one.
struct advance_noise_task {
  std::uint64_t* device_offset = nullptr;
  std::uint64_t words = 0;
};
struct evaluate_schedule_task {
  temperature_schedule schedule{};
  const std::uint64_t* device_step = nullptr;
  float* device_temperature = nullptr;
};
inline void run_advance_noise(const advance_noise_task& task, const row_execution& execution) {
  advance_noise(task.device_offset, task.words, execution);
}
inline void run_evaluate_schedule(const evaluate_schedule_task& task, const row_execution& execution) {
  evaluate_schedule(task.schedule, task.device_step, task.device_temperature, execution);
}

inline constexpr std::tuple other_operations{&categorical_sample,
                                             &categorical_sample_from_probabilities,
                                             &gumbel_top_k,
                                             &gumbel_max_shard,
                                             &combine_gumbel_max,
                                             &relaxed_k_hot,
                                             &relaxed_k_hot_vjp,
                                             &relaxed_bernoulli,
                                             &relaxed_bernoulli_vjp,
                                             &relaxed_bernoulli_log_prob,
                                             &conditional_gumbel,
                                             &gumbel_rao_vjp,
                                             &kl_divergence,
                                             &concrete_kl_estimate,
                                             &concrete_kl_estimate_vjp,
                                             &concrete_log_prob,
                                             &concrete_log_prob_vjp,
                                             &location_scale_sample,
                                             &location_scale_sample_vjp,
                                             &location_scale_log_prob,
                                             &location_scale_log_prob_vjp,
                                             &run_advance_noise,
                                             &run_evaluate_schedule};

template <class Task>
using operation_on = void (*)(const Task&, const row_execution&);

template <class... Task>
std::variant<Task...> any_task_of(std::tuple<operation_on<Task>...>);
using other_task = decltype(any_task_of(other_operations));

}  // namespace gumbelcuda
