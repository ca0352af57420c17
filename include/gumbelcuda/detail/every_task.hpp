// SPDX-License-Identifier: Apache-2.0
// The list of the operations on rows, by their tasks. Each backend has a function for each of them.
#pragma once

#include "gumbelcuda/categorical_sample.hpp"
#include "gumbelcuda/concrete.hpp"
#include "gumbelcuda/gumbel.hpp"
#include "gumbelcuda/gumbel_rao.hpp"
#include "gumbelcuda/gumbel_top_k.hpp"
#include "gumbelcuda/kl_divergence.hpp"
#include "gumbelcuda/location_scale.hpp"
#include "gumbelcuda/relaxed_bernoulli.hpp"
#include "gumbelcuda/relaxed_k_hot.hpp"
#include "gumbelcuda/rows.hpp"
#include "gumbelcuda/sharded.hpp"

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
