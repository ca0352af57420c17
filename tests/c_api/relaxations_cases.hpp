// SPDX-License-Identifier: Apache-2.0
// Relaxed samples and what belongs to them, for the table of operations.hpp: the functions of
// gumbelcuda/c/relaxed_k_hot.h, relaxed_bernoulli.h (except its density), gumbel_rao.h and temperature_schedule.h.
#pragma once

#include "tests/c_api/operations.hpp"

namespace gumbelcuda::testing_c {

template <class Visit>
void for_each_relaxation(Visit visit) {
  {
    using args = gumbelcuda_relaxed_k_hot_args;
    visit(operation<args>{"relaxed_k_hot",
                          gumbelcuda_relaxed_k_hot,
                          case_words,
                          [](args& a) {
                            a.flags = GUMBELCUDA_TEMPERATURE_PER_ROW;
                            a.k = 4;
                          },
                          {{"logits", content::logits, true, &args::logits},
                           {"temperature", content::temperature, true, &args::temperature},
                           {"y", content::numbers_out, false, &args::y},
                           {"k_hot", content::numbers_out, false, &args::k_hot}},
                          [](arrays_by_name& m, const noise_address& noise, const row_execution& execution) {
                            relaxed_k_hot({.rows = case_rows,
                                           .classes = case_classes,
                                           .type = m.type,
                                           .noise = noise,
                                           .logits = m.in("logits"),
                                           .k = 4,
                                           .temperature = m.at<float>("temperature"),
                                           .temperature_per_row = true,
                                           .y = m.out("y"),
                                           .k_hot = m.out("k_hot")},
                                          execution);
                          },
                          {{"k", [](args& a) { a.k = 0; }},
                           {"k", [](args& a) { a.k = case_classes + 1; }},
                           {"y.data", [](args& a) { a.y.data = a.k_hot.data = nullptr; }},
                           {"k_hot.data", [](args& a) { a.k_hot.data = a.y.data; }},
                           {"temperature",
                            [](args& a) {
                              static const float wrong = -1;
                              a.flags = 0;
                              a.temperature = &wrong;
                            }},
                           {"flags", [](args& a) { a.flags = GUMBELCUDA_LOG_DOMAIN; }}}});
  }
  {
    using args = gumbelcuda_relaxed_k_hot_vjp_args;
    visit(operation<args>{"relaxed_k_hot_vjp",
                          gumbelcuda_relaxed_k_hot_vjp,
                          0,
                          [](args& a) {
                            a.flags = GUMBELCUDA_TEMPERATURE_PER_ROW;
                            a.k = 4;
                          },
                          {{"logits", content::logits, true, &args::logits},
                           {"temperature", content::temperature, true, &args::temperature},
                           {"d_y", content::logits, true, &args::d_y},
                           {"d_logits", content::numbers_out, false, &args::d_logits},
                           {"d_temperature", content::computed_out, false, &args::d_temperature}},
                          [](arrays_by_name& m, const noise_address& noise, const row_execution& execution) {
                            relaxed_k_hot_vjp({.rows = case_rows,
                                               .classes = case_classes,
                                               .type = m.type,
                                               .noise = noise,
                                               .logits = m.in("logits"),
                                               .k = 4,
                                               .temperature = m.at<float>("temperature"),
                                               .temperature_per_row = true,
                                               .d_y = m.in("d_y"),
                                               .d_logits = m.out("d_logits"),
                                               .d_temperature = m.at<void>("d_temperature")},
                                              execution);
                          },
                          {{"d_logits.data", [](args& a) { a.d_logits.data = a.d_temperature = nullptr; }},
                           {"temperature",
                            [](args& a) {
                              static const float wrong = -1;
                              a.flags = 0;
                              a.temperature = &wrong;
                            }},
                           {"flags", [](args& a) { a.flags = GUMBELCUDA_LOG_DOMAIN; }},
                           {"k", [](args& a) { a.k = 0; }}}});
  }
  {
    using args = gumbelcuda_relaxed_bernoulli_args;
    visit(operation<args>{"relaxed_bernoulli",
                          gumbelcuda_relaxed_bernoulli,
                          case_words,
                          [](args& a) { a.flags = GUMBELCUDA_TEMPERATURE_PER_ROW; },
                          {{"logits", content::logits, true, &args::logits},
                           {"temperature", content::temperature, true, &args::temperature},
                           {"y", content::numbers_out, false, &args::y},
                           {"hard", content::numbers_out, false, &args::hard}},
                          [](arrays_by_name& m, const noise_address& noise, const row_execution& execution) {
                            relaxed_bernoulli({.rows = case_rows,
                                               .classes = case_classes,
                                               .type = m.type,
                                               .noise = noise,
                                               .logits = m.in("logits"),
                                               .temperature = m.at<float>("temperature"),
                                               .temperature_per_row = true,
                                               .y = m.out("y"),
                                               .hard = m.out("hard")},
                                              execution);
                          },
                          {{"y.data", [](args& a) { a.y.data = a.hard.data = nullptr; }},
                           {"hard.data", [](args& a) { a.hard.data = a.y.data; }},
                           {"temperature",
                            [](args& a) {
                              static const float wrong = -1;
                              a.flags = 0;
                              a.temperature = &wrong;
                            }},
                           {"flags", [](args& a) { a.flags = GUMBELCUDA_LOG_DOMAIN; }}}});
  }
  {
    using args = gumbelcuda_relaxed_bernoulli_vjp_args;
    visit(operation<args>{"relaxed_bernoulli_vjp",
                          gumbelcuda_relaxed_bernoulli_vjp,
                          0,
                          [](args& a) { a.flags = GUMBELCUDA_TEMPERATURE_PER_ROW; },
                          {{"logits", content::logits, true, &args::logits},
                           {"temperature", content::temperature, true, &args::temperature},
                           {"d_y", content::logits, true, &args::d_y},
                           {"d_logits", content::numbers_out, false, &args::d_logits},
                           {"d_temperature", content::computed_out, false, &args::d_temperature}},
                          [](arrays_by_name& m, const noise_address& noise, const row_execution& execution) {
                            relaxed_bernoulli_vjp({.rows = case_rows,
                                                   .classes = case_classes,
                                                   .type = m.type,
                                                   .noise = noise,
                                                   .logits = m.in("logits"),
                                                   .temperature = m.at<float>("temperature"),
                                                   .temperature_per_row = true,
                                                   .d_y = m.in("d_y"),
                                                   .d_logits = m.out("d_logits"),
                                                   .d_temperature = m.at<void>("d_temperature")},
                                                  execution);
                          },
                          {{"d_logits.data", [](args& a) { a.d_logits.data = a.d_temperature = nullptr; }},
                           {"temperature",
                            [](args& a) {
                              static const float wrong = -1;
                              a.flags = 0;
                              a.temperature = &wrong;
                            }},
                           {"flags", [](args& a) { a.flags = GUMBELCUDA_LOG_DOMAIN; }}}});
  }
  {
    using args = gumbelcuda_conditional_gumbel_args;
    visit(operation<args>{"conditional_gumbel",
                          gumbelcuda_conditional_gumbel,
                          case_words,
                          [](args&) {},
                          {{"logits", content::logits, true, &args::logits},
                           {"index", content::classes, true, &args::index},
                           {"z", content::numbers_out, true, &args::z}},
                          [](arrays_by_name& m, const noise_address& noise, const row_execution& execution) {
                            conditional_gumbel({.rows = case_rows,
                                                .classes = case_classes,
                                                .type = m.type,
                                                .noise = noise,
                                                .logits = m.in("logits"),
                                                .index = m.at<std::int64_t>("index"),
                                                .z = m.out("z")},
                                               execution);
                          },
                          {{"z.data", [](args& a) { a.z.data = const_cast<void*>(a.logits.data); }},
                           {"flags", [](args& a) { a.flags = 1; }}}});
  }
  {
    using args = gumbelcuda_gumbel_rao_vjp_args;
    visit(operation<args>{"gumbel_rao_vjp",
                          gumbelcuda_gumbel_rao_vjp,
                          0,
                          [](args& a) {
                            a.flags = GUMBELCUDA_TEMPERATURE_PER_ROW;
                            a.inner_samples = 6;
                          },
                          {{"logits", content::logits, true, &args::logits},
                           {"index", content::classes, true, &args::index},
                           {"temperature", content::temperature, true, &args::temperature},
                           {"d_one_hot", content::logits, true, &args::d_one_hot},
                           {"d_logits", content::numbers_out, true, &args::d_logits}},
                          [](arrays_by_name& m, const noise_address& noise, const row_execution& execution) {
                            gumbel_rao_vjp({.rows = case_rows,
                                            .classes = case_classes,
                                            .type = m.type,
                                            .noise = noise,
                                            .logits = m.in("logits"),
                                            .index = m.at<std::int64_t>("index"),
                                            .inner_samples = 6,
                                            .temperature = m.at<float>("temperature"),
                                            .temperature_per_row = true,
                                            .d_one_hot = m.in("d_one_hot"),
                                            .d_logits = m.out("d_logits")},
                                           execution);
                          },
                          {{"inner_samples", [](args& a) { a.inner_samples = 0; }},
                           {"inner_samples", [](args& a) { a.inner_samples = 65; }},
                           {"reserved", [](args& a) { a.reserved = 1; }},
                           {"temperature",
                            [](args& a) {
                              static const float wrong = -1;
                              a.flags = 0;
                              a.temperature = &wrong;
                            }},
                           {"flags", [](args& a) { a.flags = GUMBELCUDA_LOG_DOMAIN; }}}});
  }
  {
    using args = gumbelcuda_evaluate_schedule_args;
    visit(operation<args>{
        "evaluate_schedule",
        gumbelcuda_evaluate_schedule,
        0,
        [](args& a) {
          a.schedule.shape = GUMBELCUDA_SCHEDULE_COSINE;
          a.schedule.knot_count = 3;
          a.schedule.knots[0] = {0, 2.f, 0};
          a.schedule.knots[1] = {100, .5f, 0};
          a.schedule.knots[2] = {5000, .25f, 0};
        },
        {{"device_step", content::seeds, true, &args::device_step},
         {"device_temperature", content::float_out, true, &args::device_temperature}},
        [](arrays_by_name& m, const noise_address&, const row_execution& execution) {
          evaluate_schedule(
              {.shape = schedule_shape::cosine, .knot_count = 3, .knots = {{0, 2.f}, {100, .5f}, {5000, .25f}}},
              m.at<std::uint64_t>("device_step"), m.at<float>("device_temperature"), execution);
        },
        {{"schedule.shape", [](args& a) { a.schedule.shape = 3; }},
         {"schedule.knot_count", [](args& a) { a.schedule.knot_count = 9; }},
         {"schedule.knots[1].step", [](args& a) { a.schedule.knots[1].step = 0; }},
         {"schedule.knots[2].temperature", [](args& a) { a.schedule.knots[2].temperature = -1; }},
         {"schedule.knots[7].reserved", [](args& a) { a.schedule.knots[7].reserved = 1; }}}});
  }
}

}  // namespace gumbelcuda::testing_c
