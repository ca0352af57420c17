// SPDX-License-Identifier: Apache-2.0
// Implements gumbelcuda/c/location_scale.h: turns C arguments into tasks.
#include "gumbelcuda/location_scale.hpp"

#include "host/c_api/operation.hpp"

using namespace gumbelcuda;
using namespace gumbelcuda::c_api;

static_assert(GUMBELCUDA_LAW_GUMBEL == int(noise_law::gumbel) && GUMBELCUDA_LAW_GAUSSIAN == int(noise_law::gaussian));
static_assert(GUMBELCUDA_PER_ELEMENT == int(parameter_shape::per_element) &&
              GUMBELCUDA_PER_ROW == int(parameter_shape::per_row) &&
              GUMBELCUDA_ONE_FOR_ALL == int(parameter_shape::one_for_all));

namespace {

const_parameter from_c(const std::string& name, const gumbelcuda_const_parameter& parameter) {
  check_reserved(parameter.reserved, name);
  return {parameter.data, parameter_shape(parameter.shape), parameter.row_stride, parameter.class_stride};
}
mutable_parameter from_c(const std::string& name, const gumbelcuda_parameter& parameter) {
  check_reserved(parameter.reserved, name);
  return {parameter.data, parameter_shape(parameter.shape), parameter.row_stride, parameter.class_stride};
}

}  // namespace

gumbelcuda_status gumbelcuda_location_scale_sample(gumbelcuda_handle* handle,
                                                   const gumbelcuda_location_scale_sample_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, 0);
    check_reserved(a.reserved);
    call.draw(location_scale_sample_task{.rows = a.rows,
                                         .classes = a.classes,
                                         .type = number_type(a.type),
                                         .law = noise_law(a.law),
                                         .noise = from_c(a.noise),
                                         .location = from_c("location", a.location),
                                         .scale = from_c("scale", a.scale),
                                         .sample = from_c(a.sample)});
  });
}

gumbelcuda_status gumbelcuda_location_scale_sample_vjp(gumbelcuda_handle* handle,
                                                       const gumbelcuda_location_scale_sample_vjp_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, 0);
    check_reserved(a.reserved);
    call.run(location_scale_sample_vjp_task{.rows = a.rows,
                                            .classes = a.classes,
                                            .type = number_type(a.type),
                                            .law = noise_law(a.law),
                                            .noise = call.noise_of(a.noise),
                                            .d_sample = from_c(a.d_sample),
                                            .d_location = from_c("d_location", a.d_location),
                                            .d_scale = from_c("d_scale", a.d_scale)});
  });
}

gumbelcuda_status gumbelcuda_location_scale_log_prob(gumbelcuda_handle* handle,
                                                     const gumbelcuda_location_scale_log_prob_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, 0);
    check_reserved(a.reserved);
    call.run(location_scale_log_prob_task{.rows = a.rows,
                                          .classes = a.classes,
                                          .type = number_type(a.type),
                                          .law = noise_law(a.law),
                                          .value = from_c(a.value),
                                          .location = from_c("location", a.location),
                                          .scale = from_c("scale", a.scale),
                                          .log_prob = from_c(a.log_prob)});
  });
}

gumbelcuda_status gumbelcuda_location_scale_log_prob_vjp(gumbelcuda_handle* handle,
                                                         const gumbelcuda_location_scale_log_prob_vjp_args* args) {
  return with(handle, args, [](operation_call call, const auto& a) {
    check_flags(a.flags, 0);
    check_reserved(a.reserved);
    call.run(location_scale_log_prob_vjp_task{.rows = a.rows,
                                              .classes = a.classes,
                                              .type = number_type(a.type),
                                              .law = noise_law(a.law),
                                              .value = from_c(a.value),
                                              .location = from_c("location", a.location),
                                              .scale = from_c("scale", a.scale),
                                              .d_log_prob = from_c(a.d_log_prob),
                                              .d_value = from_c(a.d_value),
                                              .d_location = from_c("d_location", a.d_location),
                                              .d_scale = from_c("d_scale", a.d_scale)});
  });
}
