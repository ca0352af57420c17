// SPDX-License-Identifier: Apache-2.0
// Functions that draw, for the table of operations.hpp: gumbelcuda/c/categorical_sample.h, gumbel_top_k.h and
// sharded.h.
#pragma once

#include "tests/c_api/operations.hpp"

namespace gumbelcuda::testing_c {

template <class Visit>
void for_each_draw(Visit visit) {
  using categorical = gumbelcuda_categorical_sample_args;
  visit(operation<categorical>{"categorical_sample",
                               gumbelcuda_categorical_sample,
                               3 * case_words,
                               [](categorical& a) {
                                 a.draws = 3;
                                 a.flags = GUMBELCUDA_TEMPERATURE_PER_ROW | GUMBELCUDA_TOP_K_PER_ROW |
                                           GUMBELCUDA_TOP_P_PER_ROW | GUMBELCUDA_MIN_P_PER_ROW |
                                           GUMBELCUDA_REJECT_PROBABILITIES;
                               },
                               {{"logits", content::logits, true, &categorical::logits},
                                {"temperature", content::temperature, false, &categorical::temperature},
                                {"top_k", content::small, false, &categorical::top_k},
                                {"top_p", content::float_shares, false, &categorical::top_p},
                                {"min_p", content::float_shares, false, &categorical::min_p},
                                {"index", content::index_out, false, &categorical::index, 3},
                                {"index_int32", content::index_int32_out, false, &categorical::index_int32, 3},
                                {"log_prob", content::computed_out, false, &categorical::log_prob, 3},
                                {"status", content::status_out, false, &categorical::status}},
                               [](arrays_by_name& m, const noise_address& noise, const row_execution& execution) {
                                 categorical_sample({.rows = case_rows,
                                                     .classes = case_classes,
                                                     .type = m.type,
                                                     .noise = noise,
                                                     .logits = m.in("logits"),
                                                     .draws = 3,
                                                     .temperature = m.at<float>("temperature"),
                                                     .temperature_per_row = true,
                                                     .top_k = m.at<std::uint32_t>("top_k"),
                                                     .top_k_per_row = true,
                                                     .top_p = m.at<float>("top_p"),
                                                     .top_p_per_row = true,
                                                     .min_p = m.at<float>("min_p"),
                                                     .min_p_per_row = true,
                                                     .reject_probabilities = true,
                                                     .index = m.at<std::int64_t>("index"),
                                                     .index_int32 = m.at<std::int32_t>("index_int32"),
                                                     .log_prob = m.at<void>("log_prob"),
                                                     .status = m.at<row_status>("status")},
                                                    execution);
                               },
                               {{"draws", [](categorical& a) { a.draws = 0; }},
                                {"draws", [](categorical& a) { a.draws = ~0ull; }},
                                {"flags", [](categorical& a) { a.flags = GUMBELCUDA_LOG_DOMAIN; }}}});

  using from_probabilities = gumbelcuda_categorical_sample_from_probabilities_args;
  visit(operation<from_probabilities>{
      "categorical_sample_from_probabilities",
      gumbelcuda_categorical_sample_from_probabilities,
      2 * case_words,
      [](from_probabilities& a) { a.draws = 2; },
      {{"probabilities", content::shares, true, &from_probabilities::probabilities},
       {"index", content::index_out, false, &from_probabilities::index, 2},
       {"index_int32", content::index_int32_out, false, &from_probabilities::index_int32, 2},
       {"log_prob", content::computed_out, false, &from_probabilities::log_prob, 2},
       {"status", content::status_out, false, &from_probabilities::status}},
      [](arrays_by_name& m, const noise_address& noise, const row_execution& execution) {
        categorical_sample_from_probabilities({.rows = case_rows,
                                               .classes = case_classes,
                                               .type = m.type,
                                               .noise = noise,
                                               .probabilities = m.in("probabilities"),
                                               .draws = 2,
                                               .index = m.at<std::int64_t>("index"),
                                               .index_int32 = m.at<std::int32_t>("index_int32"),
                                               .log_prob = m.at<void>("log_prob"),
                                               .status = m.at<row_status>("status")},
                                              execution);
      },
      {{"draws", [](from_probabilities& a) { a.draws = 0; }},
       {"flags", [](from_probabilities& a) { a.flags = GUMBELCUDA_TEMPERATURE_PER_ROW; }}}});

  using top_k = gumbelcuda_gumbel_top_k_args;
  visit(operation<top_k>{"gumbel_top_k",
                         gumbelcuda_gumbel_top_k,
                         case_words,
                         [](top_k& a) { a.k = 3; },
                         {{"logits", content::logits, true, &top_k::logits},
                          {"index", content::index_out, true, &top_k::index, 3},
                          {"perturbed", content::computed_out, false, &top_k::perturbed, 3},
                          {"log_prob", content::computed_out, false, &top_k::log_prob, 3},
                          {"log_inclusion", content::computed_out, false, &top_k::log_inclusion, 3},
                          {"kappa", content::computed_out, false, &top_k::kappa},
                          {"status", content::status_out, false, &top_k::status}},
                         [](arrays_by_name& m, const noise_address& noise, const row_execution& execution) {
                           gumbel_top_k({.rows = case_rows,
                                         .classes = case_classes,
                                         .type = m.type,
                                         .noise = noise,
                                         .logits = m.in("logits"),
                                         .k = 3,
                                         .index = m.at<std::int64_t>("index"),
                                         .perturbed = m.at<void>("perturbed"),
                                         .log_prob = m.at<void>("log_prob"),
                                         .log_inclusion = m.at<void>("log_inclusion"),
                                         .kappa = m.at<void>("kappa"),
                                         .status = m.at<row_status>("status")},
                                        execution);
                         },
                         {{"k", [](top_k& a) { a.k = 0; }},
                          {"k", [](top_k& a) { a.k = case_classes + 1; }},
                          {"flags", [](top_k& a) { a.flags = 1; }}}});

  {
    using args = gumbelcuda_gumbel_max_shard_args;
    visit(operation<args>{
        "gumbel_max_shard",
        gumbelcuda_gumbel_max_shard,
        40,
        [](args& a) {
          a.first_class = 8;
          a.row_classes = 37;
          a.flags = GUMBELCUDA_LOG_PROB_WANTED;
        },
        {{"logits", content::logits, true, &args::logits}, {"partial", content::partials_out, true, &args::partial}},
        [](arrays_by_name& m, const noise_address& noise, const row_execution& execution) {
          gumbel_max_shard({.rows = case_rows,
                            .classes = case_classes,
                            .type = m.type,
                            .noise = noise,
                            .logits = m.in("logits"),
                            .first_class = 8,
                            .log_prob_wanted = true,
                            .partial = m.at<gumbel_max_partial>("partial")},
                           execution);
        },
        {{"first_class", [](args& a) { a.first_class = 6; }},
         {"row_classes", [](args& a) { a.row_classes = 8 + case_classes - 1; }},
         {"row_classes", [](args& a) { a.row_classes = 1; }},
         {"first_class",
          [](args& a) {
            a.first_class = 1ull << 60;
            a.row_classes = 0;
          }},
         {"flags", [](args& a) { a.flags |= GUMBELCUDA_TEMPERATURE_PER_ROW; }}}});
  }
  {
    using args = gumbelcuda_combine_gumbel_max_args;
    visit(operation<args>{"combine_gumbel_max",
                          gumbelcuda_combine_gumbel_max,
                          0,
                          [](args& a) { a.shards = 3; },
                          {{"partial", content::partials, true, &args::partial, 3},
                           {"index", content::index_out, true, &args::index},
                           {"log_prob", content::computed_out, false, &args::log_prob},
                           {"status", content::status_out, false, &args::status}},
                          [](arrays_by_name& m, const noise_address&, const row_execution& execution) {
                            combine_gumbel_max({.rows = case_rows,
                                                .shards = 3,
                                                .type = m.type,
                                                .partial = m.at<gumbel_max_partial>("partial"),
                                                .index = m.at<std::int64_t>("index"),
                                                .log_prob = m.at<void>("log_prob"),
                                                .status = m.at<row_status>("status")},
                                               execution);
                          },
                          {{"shards", [](args& a) { a.shards = 0; }},
                           {"rows", [](args& a) { a.rows = ~0ull; }},
                           {"flags", [](args& a) { a.flags = 1; }}}});
  }
}

}  // namespace gumbelcuda::testing_c
