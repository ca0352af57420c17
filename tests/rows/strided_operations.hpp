// SPDX-License-Identifier: Apache-2.0
// Every operation that has rows of classes, as a call whose arrays may lie in any way (strided_call.hpp).
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
#include "gumbelcuda/sharded.hpp"
#include "tests/rows/strided_distributions.hpp"

// `of(name)` for each.
#define GUMBELCUDA_OPERATIONS_WITH_ROWS(of)                                                                           \
  of(gumbel_noise) of(gumbel_max) of(gumbel_softmax) of(gumbel_softmax_vjp) of(kl_divergence) of(conditional_gumbel)  \
      of(gumbel_rao_vjp) of(concrete_log_prob) of(concrete_log_prob_vjp) of(concrete_kl_estimate)                     \
          of(concrete_kl_estimate_vjp) of(relaxed_bernoulli) of(relaxed_bernoulli_vjp) of(relaxed_bernoulli_log_prob) \
              of(gumbel_top_k) of(gumbel_max_shard) of(relaxed_k_hot) of(relaxed_k_hot_vjp) of(location_scale_sample) \
                  of(location_scale_sample_vjp) of(location_scale_log_prob) of(location_scale_log_prob_vjp)           \
                      of(categorical_sample) of(categorical_sample_from_probabilities)

namespace gumbelcuda::testing_rows {

// Draws, of which only what is drawn from are rows of classes.
template <class Run>
std::vector<strided_operation> strided_draws(Run run) {
  const auto results = [](strided_call& c, auto& t, std::uint64_t draws) {
    t.index = c.results<std::int64_t>(draws);
    t.log_prob = c.numbers(draws);
    t.status = c.results<row_status>();
  };
  return {strided<gumbel_noise_task>("gumbel_noise", run, [=](strided_call& c, auto& t) { t.out = c.out(); }),
          strided<gumbel_max_task>("gumbel_max", run,
                                   [=](strided_call& c, auto& t) {
                                     t.logits = c.logits();
                                     results(c, t, 1);
                                   }),
          strided<categorical_sample_task>("categorical_sample", run,
                                           [=](strided_call& c, auto& t) {
                                             t.logits = c.logits();
                                             t.draws = 3;
                                             results(c, t, 3);
                                           }),
          strided<categorical_sample_task>("categorical_sample with filters", run,
                                           [=](strided_call& c, auto& t) {
                                             static constexpr float top_p = .75f, min_p = .01f;
                                             static constexpr std::uint32_t top_k = 9;
                                             t.logits = c.logits();
                                             t.draws = 3;
                                             t.top_k = &top_k;
                                             t.top_p = &top_p;
                                             t.min_p = &min_p;
                                             t.reject_probabilities = true;
                                             results(c, t, 3);
                                           }),
          strided<categorical_sample_from_probabilities_task>("categorical_sample_from_probabilities", run,
                                                              [=](strided_call& c, auto& t) {
                                                                t.probabilities = c.shares();
                                                                t.draws = 3;
                                                                results(c, t, 3);
                                                              }),
          strided<gumbel_top_k_task>("gumbel_top_k", run,
                                     [=](strided_call& c, auto& t) {
                                       t.logits = c.logits();
                                       t.k = c.classes < 5 ? c.classes : 5;
                                       results(c, t, t.k);
                                       t.perturbed = c.numbers(t.k);
                                       t.log_inclusion = c.numbers(t.k);
                                       t.kappa = c.numbers();
                                     }),
          strided<gumbel_max_shard_task>("gumbel_max_shard", run, [=](strided_call& c, auto& t) {
            t.logits = c.logits();
            t.first_class = 8;
            t.log_prob_wanted = true;
            t.partial = c.results<gumbel_max_partial>();
          })};
}

// Relaxed samples and their gradients, from y and from noise, in place and not.
template <class Run>
std::vector<strided_operation> strided_relaxations(Run run) {
  std::vector<strided_operation> all;
  const auto forward_and_back = [&](const char* name, auto forward_task, auto backward_task, auto set_forward,
                                    auto set_backward) {
    using forward = decltype(forward_task);
    using backward = decltype(backward_task);
    all.push_back({name, [=](strided_call& c) {
                     auto t = c.task<forward>();
                     t.logits = c.logits();
                     t.y = c.out();
                     set_forward(c, t);
                     run(t);
                   }});
    for (const bool from_y : {false, true})
      for (const bool in_place : {false, true})
        all.push_back({name, [=](strided_call& c) {
                         auto t = c.task<backward>();
                         if (from_y)
                           t.y = c.shares();
                         else
                           t.logits = c.logits();
                         set_backward(c, t);
                         if (in_place) {
                           row_batch& d = c.in_place();
                           t.d_y = d.in();
                           t.d_logits = d.out();
                         } else {
                           t.d_y = c.upstream();
                           t.d_logits = c.out();
                         }
                         t.d_temperature = c.numbers();
                         run(t);
                       }});
  };
  const auto nothing = [](strided_call&, auto&) {};
  forward_and_back(
      "gumbel_softmax", gumbel_softmax_task{}, gumbel_softmax_vjp_task{},
      [](strided_call& c, auto& t) {
        t.one_hot = c.out();
        if constexpr (requires { t.gumbel_out; }) t.gumbel_out = c.out();
        t.index = c.results<std::int64_t>();
      },
      nothing);
  forward_and_back(
      "gumbel_softmax of given noise", gumbel_softmax_task{}, gumbel_softmax_vjp_task{},
      [](strided_call& c, auto& t) {
        t.gumbel = c.logits();
        t.log_domain = true;
      },
      [](strided_call& c, auto& t) { t.gumbel = c.logits(); });
  forward_and_back(
      "relaxed_k_hot", relaxed_k_hot_task{}, relaxed_k_hot_vjp_task{},
      [](strided_call& c, auto& t) {
        t.k = c.classes < 3 ? c.classes : 3;
        t.k_hot = c.out();
      },
      [](strided_call& c, auto& t) { t.k = c.classes < 3 ? c.classes : 3; });
  forward_and_back(
      "relaxed_bernoulli", relaxed_bernoulli_task{}, relaxed_bernoulli_vjp_task{},
      [](strided_call& c, auto& t) { t.hard = c.out(); }, nothing);
  const auto some_index = [](strided_call& c) {
    auto* const index = c.results<std::int64_t>();
    for (std::uint64_t row = 0; row < c.rows; ++row) index[row] = std::int64_t(row % c.classes);
    return index;
  };
  all.push_back(strided<conditional_gumbel_task>("conditional_gumbel", run, [=](strided_call& c, auto& t) {
    t.logits = c.logits();
    t.index = some_index(c);
    t.z = c.out();
  }));
  all.push_back(strided<gumbel_rao_vjp_task>("gumbel_rao_vjp", run, [=](strided_call& c, auto& t) {
    t.logits = c.logits();
    t.index = some_index(c);
    t.inner_samples = 2;
    t.d_one_hot = c.upstream();
    t.d_logits = c.out();
  }));
  return all;
}

template <class Run>
std::vector<strided_operation> strided_operations(Run run) {
  std::vector<strided_operation> all = strided_draws(run);
  for (auto& more : {strided_relaxations(run), strided_distributions(run)})
    all.insert(all.end(), more.begin(), more.end());
  return all;
}

}  // namespace gumbelcuda::testing_rows
