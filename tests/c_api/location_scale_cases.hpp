// SPDX-License-Identifier: Apache-2.0
// The functions of gumbelcuda/c/location_scale.h for the table of operations.hpp.
#pragma once

#include "tests/c_api/operations.hpp"

namespace gumbelcuda::testing_c {

template <class Visit>
void for_each_location_scale(Visit visit) {
  {
    using args = gumbelcuda_location_scale_sample_args;
    visit(operation<args>{"location_scale_sample",
                          gumbelcuda_location_scale_sample,
                          case_words,
                          [](args& a) { a.law = GUMBELCUDA_LAW_GAUSSIAN; },
                          {{"location", content::logits, true, &args::location},
                           {"scale", content::shares, true, &args::scale, GUMBELCUDA_PER_ROW},
                           {"sample", content::numbers_out, true, &args::sample}},
                          [](arrays_by_name& m, const noise_address& noise, const row_execution& execution) {
                            location_scale_sample(
                                {.rows = case_rows,
                                 .classes = case_classes,
                                 .type = m.type,
                                 .law = noise_law::gaussian,
                                 .noise = noise,
                                 .location = {m.at<void>("location"), parameter_shape::per_element,
                                              m.in("location").row_stride, m.in("location").class_stride},
                                 .scale = {m.at<void>("scale"), parameter_shape::per_row},
                                 .sample = m.out("sample")},
                                execution);
                          },
                          {{"law", [](args& a) { a.law = 2; }},
                           {"law", [](args& a) { a.law = -1; }},
                           {"reserved", [](args& a) { a.reserved = 1; }},
                           {"flags", [](args& a) { a.flags = 1; }},
                           {"location.shape", [](args& a) { a.location.shape = 3; }},
                           {"location.reserved", [](args& a) { a.location.reserved = 1; }},
                           {"scale.shape", [](args& a) { a.scale.shape = -1; }},
                           {"scale.reserved", [](args& a) { a.scale.reserved = 1; }}}});
  }
  {
    using args = gumbelcuda_location_scale_sample_vjp_args;
    visit(operation<args>{"location_scale_sample_vjp",
                          gumbelcuda_location_scale_sample_vjp,
                          0,
                          [](args& a) { a.law = GUMBELCUDA_LAW_GAUSSIAN; },
                          {{"d_sample", content::logits, true, &args::d_sample},
                           {"d_location", content::computed_out, false, &args::d_location, GUMBELCUDA_PER_ROW},
                           {"d_scale", content::numbers_out, false, &args::d_scale}},
                          [](arrays_by_name& m, const noise_address& noise, const row_execution& execution) {
                            location_scale_sample_vjp(
                                {.rows = case_rows,
                                 .classes = case_classes,
                                 .type = m.type,
                                 .law = noise_law::gaussian,
                                 .noise = noise,
                                 .d_sample = m.in("d_sample"),
                                 .d_location = {m.at<void>("d_location"), parameter_shape::per_row},
                                 .d_scale = {m.at<void>("d_scale"), parameter_shape::per_element,
                                             m.in("d_scale").row_stride, m.in("d_scale").class_stride}},
                                execution);
                          },
                          {{"law", [](args& a) { a.law = 2; }},
                           {"law", [](args& a) { a.law = -1; }},
                           {"reserved", [](args& a) { a.reserved = 1; }},
                           {"flags", [](args& a) { a.flags = 1; }},
                           {"d_location.shape", [](args& a) { a.d_location.shape = 3; }},
                           {"d_location.reserved", [](args& a) { a.d_location.reserved = 1; }},
                           {"d_scale.shape", [](args& a) { a.d_scale.shape = 3; }},
                           {"d_scale.reserved", [](args& a) { a.d_scale.reserved = 1; }},
                           {"d_location.data", [](args& a) { a.d_location.data = a.d_scale.data = nullptr; }}}});
  }
  {
    using args = gumbelcuda_location_scale_log_prob_args;
    visit(operation<args>{"location_scale_log_prob",
                          gumbelcuda_location_scale_log_prob,
                          0,
                          [](args& a) { a.law = GUMBELCUDA_LAW_GAUSSIAN; },
                          {{"value", content::logits, true, &args::value},
                           {"location", content::shares, true, &args::location, GUMBELCUDA_ONE_FOR_ALL},
                           {"scale", content::shares, true, &args::scale},
                           {"log_prob", content::numbers_out, true, &args::log_prob}},
                          [](arrays_by_name& m, const noise_address&, const row_execution& execution) {
                            location_scale_log_prob({.rows = case_rows,
                                                     .classes = case_classes,
                                                     .type = m.type,
                                                     .law = noise_law::gaussian,
                                                     .value = m.in("value"),
                                                     .location = {m.at<void>("location"), parameter_shape::one_for_all},
                                                     .scale = {m.at<void>("scale"), parameter_shape::per_element,
                                                               m.in("scale").row_stride, m.in("scale").class_stride},
                                                     .log_prob = m.out("log_prob")},
                                                    execution);
                          },
                          {{"law", [](args& a) { a.law = 2; }},
                           {"law", [](args& a) { a.law = -1; }},
                           {"reserved", [](args& a) { a.reserved = 1; }},
                           {"flags", [](args& a) { a.flags = 1; }},
                           {"location.shape", [](args& a) { a.location.shape = 3; }},
                           {"location.reserved", [](args& a) { a.location.reserved = 1; }},
                           {"scale.shape", [](args& a) { a.scale.shape = 3; }},
                           {"scale.reserved", [](args& a) { a.scale.reserved = 1; }}}});
  }
  {
    using args = gumbelcuda_location_scale_log_prob_vjp_args;
    visit(operation<args>{
        "location_scale_log_prob_vjp",
        gumbelcuda_location_scale_log_prob_vjp,
        0,
        [](args& a) { a.law = GUMBELCUDA_LAW_GAUSSIAN; },
        {{"value", content::logits, true, &args::value},
         {"location", content::shares, true, &args::location, GUMBELCUDA_ONE_FOR_ALL},
         {"scale", content::shares, true, &args::scale, GUMBELCUDA_PER_ROW},
         {"d_log_prob", content::logits, true, &args::d_log_prob},
         {"d_value", content::numbers_out, false, &args::d_value},
         {"d_location", content::numbers_out, false, &args::d_location},
         {"d_scale", content::computed_out, false, &args::d_scale, GUMBELCUDA_PER_ROW}},
        [](arrays_by_name& m, const noise_address&, const row_execution& execution) {
          location_scale_log_prob_vjp({.rows = case_rows,
                                       .classes = case_classes,
                                       .type = m.type,
                                       .law = noise_law::gaussian,
                                       .value = m.in("value"),
                                       .location = {m.at<void>("location"), parameter_shape::one_for_all},
                                       .scale = {m.at<void>("scale"), parameter_shape::per_row},
                                       .d_log_prob = m.in("d_log_prob"),
                                       .d_value = m.out("d_value"),
                                       .d_location = {m.at<void>("d_location"), parameter_shape::per_element,
                                                      m.in("d_location").row_stride, m.in("d_location").class_stride},
                                       .d_scale = {m.at<void>("d_scale"), parameter_shape::per_row}},
                                      execution);
        },
        {{"law", [](args& a) { a.law = 2; }},
         {"law", [](args& a) { a.law = -1; }},
         {"reserved", [](args& a) { a.reserved = 1; }},
         {"flags", [](args& a) { a.flags = 1; }},
         {"location.shape", [](args& a) { a.location.shape = 3; }},
         {"location.reserved", [](args& a) { a.location.reserved = 1; }},
         {"scale.shape", [](args& a) { a.scale.shape = 3; }},
         {"scale.reserved", [](args& a) { a.scale.reserved = 1; }},
         {"d_location.shape", [](args& a) { a.d_location.shape = 3; }},
         {"d_location.reserved", [](args& a) { a.d_location.reserved = 1; }},
         {"d_scale.shape", [](args& a) { a.d_scale.shape = 3; }},
         {"d_scale.reserved", [](args& a) { a.d_scale.reserved = 1; }},
         {"d_value.data", [](args& a) { a.d_value.data = a.d_location.data = a.d_scale.data = nullptr; }}}});
  }
}

}  // namespace gumbelcuda::testing_c
