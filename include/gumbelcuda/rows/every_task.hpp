// SPDX-License-Identifier: Apache-2.0
// The list of the operations on rows, by their tasks: what each backend has a function for.
#pragma once

#include "gumbelcuda/rows/categorical_tasks.hpp"
#include "gumbelcuda/rows/concrete_kl_tasks.hpp"
#include "gumbelcuda/rows/distribution_tasks.hpp"
#include "gumbelcuda/rows/gumbel_rao_tasks.hpp"
#include "gumbelcuda/rows/reparameterized_tasks.hpp"
#include "gumbelcuda/rows/sharded_tasks.hpp"
#include "gumbelcuda/rows/tasks.hpp"
#include "gumbelcuda/rows/top_k_tasks.hpp"

namespace gumbelcuda {

template <template <class...> class List>
using of_every_row_task =
    List<gumbel_noise_task, gumbel_max_task, gumbel_softmax_task, gumbel_softmax_vjp_task, kl_divergence_task,
         conditional_gumbel_task, gumbel_rao_vjp_task, concrete_log_prob_task, concrete_log_prob_vjp_task,
         concrete_kl_estimate_task, concrete_kl_estimate_vjp_task, relaxed_bernoulli_task, relaxed_bernoulli_vjp_task,
         relaxed_bernoulli_log_prob_task, gumbel_top_k_task, relaxed_k_hot_task, relaxed_k_hot_vjp_task,
         gumbel_max_shard_task, combine_gumbel_max_task, location_scale_sample_task, location_scale_sample_vjp_task,
         location_scale_log_prob_task, location_scale_log_prob_vjp_task, categorical_sample_task,
         categorical_sample_from_probabilities_task>;

}  // namespace gumbelcuda
