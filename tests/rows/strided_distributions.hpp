// SPDX-License-Identifier: Apache-2.0
// Densities, divergences and samples location + scale·noise as calls whose arrays may lie in any way
// (strided_call.hpp).
#pragma once

#include "gumbelcuda/gumbelcuda.hpp"
#include "tests/rows/strided_call.hpp"

namespace gumbelcuda::testing_rows {

inline const_parameter parameter(const const_rows& rows) {
  return {rows.data, parameter_shape::per_element, rows.row_stride, rows.class_stride};
}
inline mutable_parameter parameter(const mutable_rows& rows) {
  return {rows.data, parameter_shape::per_element, rows.row_stride, rows.class_stride};
}

template <class Run>
std::vector<strided_operation> strided_distributions(Run run) {
  return {strided<kl_divergence_task>("kl_divergence", run,
                                      [=](strided_call& c, auto& t) {
                                        t.p_logits = c.logits();
                                        t.q_logits = c.logits();
                                        t.kl = c.numbers();
                                      }),
          strided<concrete_log_prob_task>("concrete_log_prob", run,
                                          [=](strided_call& c, auto& t) {
                                            t.logits = c.logits();
                                            t.value = c.shares();
                                            t.log_prob = c.numbers();
                                          }),
          strided<concrete_log_prob_vjp_task>("concrete_log_prob_vjp", run,
                                              [=](strided_call& c, auto& t) {
                                                t.logits = c.logits();
                                                t.value = c.shares();
                                                t.d_log_prob = c.upstream_of_rows();
                                                t.d_logits = c.out();
                                                t.d_value = c.out();
                                                t.d_temperature = c.numbers();
                                              }),
          strided<concrete_kl_estimate_task>("concrete_kl_estimate", run,
                                             [=](strided_call& c, auto& t) {
                                               t.p_logits = c.logits();
                                               t.q_logits = c.logits();
                                               t.p_temperature = t.q_temperature = c.temperature();
                                               t.p_temperature_per_row = true;
                                               t.kl = c.numbers();
                                             }),
          strided<concrete_kl_estimate_vjp_task>("concrete_kl_estimate_vjp", run,
                                                 [=](strided_call& c, auto& t) {
                                                   t.p_logits = c.logits();
                                                   t.q_logits = c.logits();
                                                   t.p_temperature = t.q_temperature = c.temperature();
                                                   t.p_temperature_per_row = true;
                                                   t.d_kl = c.upstream_of_rows();
                                                   t.d_p_logits = c.out();
                                                   t.d_q_logits = c.out();
                                                 }),
          strided<relaxed_bernoulli_log_prob_task>("relaxed_bernoulli_log_prob", run,
                                                   [=](strided_call& c, auto& t) {
                                                     t.logits = c.logits();
                                                     t.y = c.shares();
                                                     t.log_prob = c.out();
                                                   }),
          strided<location_scale_sample_task>("location_scale_sample", run,
                                              [=](strided_call& c, auto& t) {
                                                t.location = parameter(c.logits());
                                                t.scale = parameter(c.shares());
                                                t.sample = c.out();
                                              }),
          strided<location_scale_sample_vjp_task>("location_scale_sample_vjp", run,
                                                  [=](strided_call& c, auto& t) {
                                                    row_batch& d = c.in_place();
                                                    t.d_sample = d.in();
                                                    t.d_location = parameter(d.out());
                                                    t.d_scale = parameter(c.out());
                                                  }),
          strided<location_scale_log_prob_task>("location_scale_log_prob", run,
                                                [=](strided_call& c, auto& t) {
                                                  t.law = noise_law::gaussian;
                                                  t.value = c.logits();
                                                  t.location = parameter(c.logits());
                                                  t.scale = parameter(c.shares());
                                                  t.log_prob = c.out();
                                                }),
          strided<location_scale_log_prob_vjp_task>("location_scale_log_prob_vjp", run, [=](strided_call& c, auto& t) {
            t.value = c.logits();
            t.location = parameter(c.logits());
            t.scale = parameter(c.shares());
            t.d_log_prob = c.upstream();
            t.d_value = c.out();
            t.d_location = parameter(c.out());
            t.d_scale = parameter(c.out());
          })};
}

}  // namespace gumbelcuda::testing_rows
