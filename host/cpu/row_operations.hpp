// SPDX-License-Identifier: Apache-2.0
// What the CPU backend asks of the code of one instruction set for the operations on rows. Plain data and function
// pointers, see train_task.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>

#include "gumbelcuda/rows/categorical_tasks.hpp"
#include "gumbelcuda/rows/concrete_kl_tasks.hpp"
#include "gumbelcuda/rows/distribution_tasks.hpp"
#include "gumbelcuda/rows/gumbel_rao_tasks.hpp"
#include "gumbelcuda/rows/reparameterized_tasks.hpp"
#include "gumbelcuda/rows/sharded_tasks.hpp"
#include "gumbelcuda/rows/tasks.hpp"
#include "gumbelcuda/rows/top_k_tasks.hpp"
#include "host/cpu/row_targets.hpp"

namespace gumbelcuda {

// Works on rows [first, last), or on such groups of draws where a task has draws (draw_groups.hpp). `scratch` has
// scratch_bytes(classes), 64-byte aligned.
template <class Task>
using row_function = void (*)(const Task& task, std::uint64_t first, std::uint64_t last, void* scratch);

// One for every task whose rows are shared out.
using row_functions = std::tuple<row_function<gumbel_max_task>, row_function<gumbel_softmax_task>,
                                 row_function<gumbel_softmax_vjp_task>, row_function<kl_divergence_task>,
                                 row_function<conditional_gumbel_task>, row_function<gumbel_rao_vjp_task>,
                                 row_function<concrete_log_prob_task>, row_function<concrete_log_prob_vjp_task>,
                                 row_function<relaxed_bernoulli_task>, row_function<relaxed_bernoulli_vjp_task>,
                                 row_function<relaxed_bernoulli_log_prob_task>, row_function<gumbel_top_k_task>,
                                 row_function<gumbel_max_shard_task>, row_function<combine_gumbel_max_task>,
                                 row_function<relaxed_k_hot_task>, row_function<relaxed_k_hot_vjp_task>,
                                 row_function<location_scale_sample_task>,
                                 row_function<location_scale_sample_vjp_task>,
                                 row_function<location_scale_log_prob_task>,
                                 row_function<location_scale_log_prob_vjp_task>, row_function<categorical_sample_task>,
                                 row_function<categorical_sample_from_probabilities_task>,
                                 row_function<concrete_kl_estimate_task>, row_function<concrete_kl_estimate_vjp_task>>;

struct cpu_row_operations {
  std::size_t (*scratch_bytes)(std::uint64_t classes);
  // On quads [first, last), counted through all rows.
  void (*noise)(const gumbel_noise_task& task, std::uint64_t first, std::uint64_t last);
  row_functions functions;
};

}  // namespace gumbelcuda
