// SPDX-License-Identifier: Apache-2.0
// The list of the operations on rows: backends, checks, the self-test and the tests go by it. docs/design.md says what
// notices an operation that is missing elsewhere.
#pragma once

#include <tuple>

#include "gumbelcuda/categorical_sample.hpp"
#include "gumbelcuda/concrete.hpp"
#include "gumbelcuda/gumbel.hpp"
#include "gumbelcuda/gumbel_rao.hpp"
#include "gumbelcuda/gumbel_top_k.hpp"
#include "gumbelcuda/kl_divergence.hpp"
#include "gumbelcuda/location_scale.hpp"
#include "gumbelcuda/relaxed_bernoulli.hpp"
#include "gumbelcuda/relaxed_k_hot.hpp"
#include "gumbelcuda/sharded.hpp"

namespace gumbelcuda {

template <class Task>
using operation_on = void (*)(const Task&, const row_execution&);

// The first four are those that the self-test looks at more closely (host/selftest/other_operations.hpp).
inline constexpr std::tuple operations_on_rows{
    operation_on<gumbel_noise_task>{&gumbel_noise},
    operation_on<gumbel_max_task>{&gumbel_max},
    operation_on<gumbel_softmax_task>{&gumbel_softmax},
    operation_on<gumbel_softmax_vjp_task>{&gumbel_softmax_vjp},
    operation_on<categorical_sample_task>{&categorical_sample},
    operation_on<categorical_sample_from_probabilities_task>{&categorical_sample_from_probabilities},
    operation_on<gumbel_top_k_task>{&gumbel_top_k},
    operation_on<gumbel_max_shard_task>{&gumbel_max_shard},
    operation_on<combine_gumbel_max_task>{&combine_gumbel_max},
    operation_on<relaxed_k_hot_task>{&relaxed_k_hot},
    operation_on<relaxed_k_hot_vjp_task>{&relaxed_k_hot_vjp},
    operation_on<relaxed_bernoulli_task>{&relaxed_bernoulli},
    operation_on<relaxed_bernoulli_vjp_task>{&relaxed_bernoulli_vjp},
    operation_on<relaxed_bernoulli_log_prob_task>{&relaxed_bernoulli_log_prob},
    operation_on<conditional_gumbel_task>{&conditional_gumbel},
    operation_on<gumbel_rao_vjp_task>{&gumbel_rao_vjp},
    operation_on<kl_divergence_task>{&kl_divergence},
    operation_on<concrete_kl_estimate_task>{&concrete_kl_estimate},
    operation_on<concrete_kl_estimate_vjp_task>{&concrete_kl_estimate_vjp},
    operation_on<concrete_log_prob_task>{&concrete_log_prob},
    operation_on<concrete_log_prob_vjp_task>{&concrete_log_prob_vjp},
    operation_on<location_scale_sample_task>{&location_scale_sample},
    operation_on<location_scale_sample_vjp_task>{&location_scale_sample_vjp},
    operation_on<location_scale_log_prob_task>{&location_scale_log_prob},
    operation_on<location_scale_log_prob_vjp_task>{&location_scale_log_prob_vjp}};

template <class Task>
constexpr operation_on<Task> operation_of() {
  return std::get<operation_on<Task>>(operations_on_rows);
}

namespace detail {

template <template <class...> class List, class... Tasks>
List<Tasks...> list_of_tasks(const std::tuple<operation_on<Tasks>...>&);

}  // namespace detail

// List<task, …> of the tasks of all operations.
template <template <class...> class List>
using of_every_row_task = decltype(detail::list_of_tasks<List>(operations_on_rows));

}  // namespace gumbelcuda
