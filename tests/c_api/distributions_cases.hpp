// SPDX-License-Identifier: Apache-2.0
// Densities and divergences for the table of operations.hpp: the functions of gumbelcuda/c/kl_divergence.h and
// concrete.h, and the density of relaxed_bernoulli.h.
#pragma once

#include "tests/c_api/operations.hpp"

namespace gumbelcuda::testing_c {

template <class Visit>
void for_each_density(Visit visit) {
  {
    using args = gumbelcuda_kl_divergence_args;
    visit(operation<args>{"kl_divergence",
                          gumbelcuda_kl_divergence,
                          0,
                          [](args&) {},
                          {{"p_logits", content::logits, true, &args::p_logits},
                           {"q_logits", content::logits, true, &args::q_logits},
                           {"kl", content::computed_out, true, &args::kl}},
                          [](arrays_by_name& m, const noise_address&, const row_execution& execution) {
                            kl_divergence({.rows = case_rows,
                                           .classes = case_classes,
                                           .type = m.type,
                                           .p_logits = m.in("p_logits"),
                                           .q_logits = m.in("q_logits"),
                                           .kl = m.at<void>("kl")},
                                          execution);
                          },
                          {{"flags", [](args& a) { a.flags = 1; }}}});
  }
  {
    using args = gumbelcuda_concrete_log_prob_args;
    visit(operation<args>{"concrete_log_prob",
                          gumbelcuda_concrete_log_prob,
                          0,
                          [](args& a) { a.flags = GUMBELCUDA_TEMPERATURE_PER_ROW; },
                          {{"logits", content::logits, true, &args::logits},
                           {"value", content::shares, true, &args::value},
                           {"temperature", content::temperature, true, &args::temperature},
                           {"log_prob", content::computed_out, true, &args::log_prob}},
                          [](arrays_by_name& m, const noise_address&, const row_execution& execution) {
                            concrete_log_prob({.rows = case_rows,
                                               .classes = case_classes,
                                               .type = m.type,
                                               .logits = m.in("logits"),
                                               .value = m.in("value"),
                                               .temperature = m.at<float>("temperature"),
                                               .temperature_per_row = true,
                                               .log_prob = m.at<void>("log_prob")},
                                              execution);
                          },
                          {{"temperature",
                            [](args& a) {
                              static const float zero = 0;
                              a.flags = 0;
                              a.temperature = &zero;
                            }},
                           {"flags", [](args& a) { a.flags = GUMBELCUDA_TOP_K_PER_ROW; }}}});
  }
  {
    using args = gumbelcuda_concrete_log_prob_vjp_args;
    visit(operation<args>{
        "concrete_log_prob_vjp",
        gumbelcuda_concrete_log_prob_vjp,
        0,
        [](args& a) { a.flags = GUMBELCUDA_TEMPERATURE_PER_ROW | GUMBELCUDA_LOG_DOMAIN; },
        {{"logits", content::logits, true, &args::logits},
         {"value", content::shares, true, &args::value},
         {"temperature", content::temperature, true, &args::temperature},
         {"d_log_prob", content::computed, true, &args::d_log_prob},
         {"d_logits", content::numbers_out, false, &args::d_logits},
         {"d_value", content::numbers_out, false, &args::d_value},
         {"d_temperature", content::computed_out, false, &args::d_temperature}},
        [](arrays_by_name& m, const noise_address&, const row_execution& execution) {
          concrete_log_prob_vjp({.rows = case_rows,
                                 .classes = case_classes,
                                 .type = m.type,
                                 .logits = m.in("logits"),
                                 .value = m.in("value"),
                                 .temperature = m.at<float>("temperature"),
                                 .temperature_per_row = true,
                                 .log_domain = true,
                                 .d_log_prob = m.at<void>("d_log_prob"),
                                 .d_logits = m.out("d_logits"),
                                 .d_value = m.out("d_value"),
                                 .d_temperature = m.at<void>("d_temperature")},
                                execution);
        },
        {{"temperature",
          [](args& a) {
            static const float zero = 0;
            a.flags = 0;
            a.temperature = &zero;
          }},
         {"d_logits.data", [](args& a) { a.d_logits.data = a.d_value.data = a.d_temperature = nullptr; }},
         {"d_value.data", [](args& a) { a.d_value.data = a.d_logits.data; }},
         {"flags", [](args& a) { a.flags = GUMBELCUDA_TOP_K_PER_ROW; }}}});
  }
  {
    using args = gumbelcuda_relaxed_bernoulli_log_prob_args;
    visit(operation<args>{"relaxed_bernoulli_log_prob",
                          gumbelcuda_relaxed_bernoulli_log_prob,
                          0,
                          [](args& a) { a.flags = GUMBELCUDA_TEMPERATURE_PER_ROW; },
                          {{"logits", content::logits, true, &args::logits},
                           {"y", content::shares, true, &args::y},
                           {"temperature", content::temperature, true, &args::temperature},
                           {"log_prob", content::numbers_out, true, &args::log_prob}},
                          [](arrays_by_name& m, const noise_address&, const row_execution& execution) {
                            relaxed_bernoulli_log_prob({.rows = case_rows,
                                                        .classes = case_classes,
                                                        .type = m.type,
                                                        .logits = m.in("logits"),
                                                        .y = m.in("y"),
                                                        .temperature = m.at<float>("temperature"),
                                                        .temperature_per_row = true,
                                                        .log_prob = m.out("log_prob")},
                                                       execution);
                          },
                          {{"temperature",
                            [](args& a) {
                              static const float zero = 0;
                              a.flags = 0;
                              a.temperature = &zero;
                            }},
                           {"flags", [](args& a) { a.flags = GUMBELCUDA_LOG_DOMAIN; }}}});
  }
  {
    using args = gumbelcuda_concrete_kl_estimate_args;
    visit(operation<args>{"concrete_kl_estimate",
                          gumbelcuda_concrete_kl_estimate,
                          3 * case_words,
                          [](args& a) {
                            a.flags = GUMBELCUDA_P_TEMPERATURE_PER_ROW | GUMBELCUDA_Q_TEMPERATURE_PER_ROW;
                            a.samples = 3;
                          },
                          {{"p_logits", content::logits, true, &args::p_logits},
                           {"q_logits", content::logits, true, &args::q_logits},
                           {"p_temperature", content::temperature, true, &args::p_temperature},
                           {"q_temperature", content::temperature, true, &args::q_temperature},
                           {"kl", content::computed_out, true, &args::kl}},
                          [](arrays_by_name& m, const noise_address& noise, const row_execution& execution) {
                            concrete_kl_estimate({.rows = case_rows,
                                                  .classes = case_classes,
                                                  .type = m.type,
                                                  .noise = noise,
                                                  .samples = 3,
                                                  .p_logits = m.in("p_logits"),
                                                  .q_logits = m.in("q_logits"),
                                                  .p_temperature = m.at<float>("p_temperature"),
                                                  .q_temperature = m.at<float>("q_temperature"),
                                                  .p_temperature_per_row = true,
                                                  .q_temperature_per_row = true,
                                                  .kl = m.at<void>("kl")},
                                                 execution);
                          },
                          {{"samples", [](args& a) { a.samples = 0; }},
                           {"samples", [](args& a) { a.samples = 65; }},
                           {"reserved", [](args& a) { a.reserved = 1; }},
                           {"flags", [](args& a) { a.flags = GUMBELCUDA_TEMPERATURE_PER_ROW; }}}});
  }
  {
    using args = gumbelcuda_concrete_kl_estimate_vjp_args;
    visit(operation<args>{"concrete_kl_estimate_vjp",
                          gumbelcuda_concrete_kl_estimate_vjp,
                          0,
                          [](args& a) {
                            a.flags = GUMBELCUDA_P_TEMPERATURE_PER_ROW | GUMBELCUDA_Q_TEMPERATURE_PER_ROW;
                            a.samples = 3;
                          },
                          {{"p_logits", content::logits, true, &args::p_logits},
                           {"q_logits", content::logits, true, &args::q_logits},
                           {"p_temperature", content::temperature, true, &args::p_temperature},
                           {"q_temperature", content::temperature, true, &args::q_temperature},
                           {"d_kl", content::computed, true, &args::d_kl},
                           {"d_p_logits", content::numbers_out, false, &args::d_p_logits},
                           {"d_q_logits", content::numbers_out, false, &args::d_q_logits},
                           {"d_p_temperature", content::computed_out, false, &args::d_p_temperature},
                           {"d_q_temperature", content::computed_out, false, &args::d_q_temperature}},
                          [](arrays_by_name& m, const noise_address& noise, const row_execution& execution) {
                            concrete_kl_estimate_vjp({.rows = case_rows,
                                                      .classes = case_classes,
                                                      .type = m.type,
                                                      .noise = noise,
                                                      .samples = 3,
                                                      .p_logits = m.in("p_logits"),
                                                      .q_logits = m.in("q_logits"),
                                                      .p_temperature = m.at<float>("p_temperature"),
                                                      .q_temperature = m.at<float>("q_temperature"),
                                                      .p_temperature_per_row = true,
                                                      .q_temperature_per_row = true,
                                                      .d_kl = m.at<void>("d_kl"),
                                                      .d_p_logits = m.out("d_p_logits"),
                                                      .d_q_logits = m.out("d_q_logits"),
                                                      .d_p_temperature = m.at<void>("d_p_temperature"),
                                                      .d_q_temperature = m.at<void>("d_q_temperature")},
                                                     execution);
                          },
                          {{"samples", [](args& a) { a.samples = 0; }},
                           {"samples", [](args& a) { a.samples = 65; }},
                           {"reserved", [](args& a) { a.reserved = 1; }},
                           {"flags", [](args& a) { a.flags = GUMBELCUDA_TEMPERATURE_PER_ROW; }},
                           {"d_p_logits.data", [](args& a) {
                              a.d_p_logits.data = a.d_q_logits.data = a.d_p_temperature = a.d_q_temperature = nullptr;
                            }}}});
  }
}

}  // namespace gumbelcuda::testing_c
