// SPDX-License-Identifier: Apache-2.0
// The public entry to samples location + scale·noise and their densities.
#include "gumbelcuda/reparameterized.hpp"

#include "host/row_checks.hpp"
#include "host/run_rows.hpp"

namespace gumbelcuda {
namespace {

// What every task has, but for its rows' pointers.
template <class Task>
std::size_t check_shape(const Task& task) {
  const std::size_t size = size_of(task.type);
  check_classes(task.classes);
  if (task.law != noise_law::gumbel && task.law != noise_law::gaussian)
    throw invalid_argument("law", std::to_string(int(task.law)) + " is not a noise_law");
  return size;
}

bool is_per_element(const std::string& argument, parameter_shape shape) {
  switch (shape) {
    case parameter_shape::per_element:
      return true;
    case parameter_shape::per_row:
    case parameter_shape::one_for_all:
      return false;
  }
  throw invalid_argument(argument + ".shape", std::to_string(int(shape)) + " is not a parameter_shape");
}

template <class Task>
void check_parameter(const Task& task, const std::string& argument, const const_parameter& parameter,
                     std::size_t size) {
  if (is_per_element(argument, parameter.shape))
    return check_rows(argument, const_rows{parameter.data, parameter.row_stride, parameter.class_stride}, task.rows,
                      task.classes, size);
  check_pointer(argument + ".data", parameter.data);
  check_alignment(argument + ".data", parameter.data, size);
}

// A gradient, which may be null; `upstream` is what it may share its memory with, element by element.
template <class Task>
void check_gradient(const Task& task, const std::string& argument, const mutable_parameter& gradient,
                    const char* source, const const_rows& upstream, std::size_t size) {
  if (!is_per_element(argument, gradient.shape)) {
    check_apart({{(argument + ".data").c_str(), gradient.data}},
                {{(source + std::string(".data")).c_str(), upstream.data}});
    return check_alignment(argument + ".data", gradient.data, computed_size_of(task.type));
  }
  if (!gradient.data) return;
  const mutable_rows rows{gradient.data, gradient.row_stride, gradient.class_stride};
  check_rows(argument, rows, task.rows, task.classes, size);
  check_in_place(argument.c_str(), rows, source, upstream, task.rows, task.classes);
}

// A parameter may be written over where it has a number for each element.
template <class Task>
void check_over_parameters(const char* argument, const mutable_rows& out, const Task& task) {
  for (const auto& [name, parameter] : {std::pair("location", task.location), std::pair("scale", task.scale)})
    if (parameter.shape == parameter_shape::per_element)
      check_in_place(argument, out, name, {parameter.data, parameter.row_stride, parameter.class_stride}, task.rows,
                     task.classes);
    else
      check_apart({{(argument + std::string(".data")).c_str(), out.data}},
                  {{(name + std::string(".data")).c_str(), parameter.data}});
}

}  // namespace

void validate(const location_scale_sample_task& task, bool /*on_device*/) {
  const std::size_t size = check_shape(task);
  check_noise(task.noise);
  if (task.rows == 0) return;
  check_parameter(task, "location", task.location, size);
  check_parameter(task, "scale", task.scale, size);
  check_rows("sample", task.sample, task.rows, task.classes, size);
  check_over_parameters("sample", task.sample, task);
  check_apart({{"sample.data", task.sample.data}}, {{"noise.device_offset", task.noise.device_offset}});
}

void validate(const location_scale_sample_vjp_task& task, bool /*on_device*/) {
  const std::size_t size = check_shape(task);
  check_noise(task.noise);
  if (task.rows == 0) return;
  check_rows("d_sample", task.d_sample, task.rows, task.classes, size);
  if (!task.d_location.data && !task.d_scale.data)
    throw invalid_argument("d_location.data", "is null, and so is d_scale.data: nothing is asked for");
  check_gradient(task, "d_location", task.d_location, "d_sample", task.d_sample, size);
  check_gradient(task, "d_scale", task.d_scale, "d_sample", task.d_sample, size);
  check_apart({{"d_location.data", task.d_location.data}, {"d_scale.data", task.d_scale.data}},
              {{"noise.device_offset", task.noise.device_offset}});
}

void validate(const location_scale_log_prob_task& task, bool /*on_device*/) {
  const std::size_t size = check_shape(task);
  if (task.rows == 0) return;
  check_rows("value", task.value, task.rows, task.classes, size);
  check_parameter(task, "location", task.location, size);
  check_parameter(task, "scale", task.scale, size);
  check_rows("log_prob", task.log_prob, task.rows, task.classes, size);
  check_in_place("log_prob", task.log_prob, "value", task.value, task.rows, task.classes);
  check_over_parameters("log_prob", task.log_prob, task);
}

void validate(const location_scale_log_prob_vjp_task& task, bool /*on_device*/) {
  const std::size_t size = check_shape(task);
  if (task.rows == 0) return;
  check_rows("value", task.value, task.rows, task.classes, size);
  check_parameter(task, "location", task.location, size);
  check_parameter(task, "scale", task.scale, size);
  check_rows("d_log_prob", task.d_log_prob, task.rows, task.classes, size);
  if (!task.d_value.data && !task.d_location.data && !task.d_scale.data)
    throw invalid_argument("d_value.data",
                           "is null, and so are d_location.data and d_scale.data: nothing is asked for");
  const mutable_rows& d_value = task.d_value;
  check_gradient(task, "d_value",
                 {d_value.data, parameter_shape::per_element, d_value.row_stride, d_value.class_stride}, "d_log_prob",
                 task.d_log_prob, size);
  check_gradient(task, "d_location", task.d_location, "d_log_prob", task.d_log_prob, size);
  check_gradient(task, "d_scale", task.d_scale, "d_log_prob", task.d_log_prob, size);
  check_apart(
      {{"d_value.data", task.d_value.data},
       {"d_location.data", task.d_location.data},
       {"d_scale.data", task.d_scale.data}},
      {{"value.data", task.value.data}, {"location.data", task.location.data}, {"scale.data", task.scale.data}});
}

void location_scale_sample(const location_scale_sample_task& task, const row_execution& execution) {
  run_rows(task, execution);
}

void location_scale_sample_vjp(const location_scale_sample_vjp_task& task, const row_execution& execution) {
  run_rows(task, execution);
}

void location_scale_log_prob(const location_scale_log_prob_task& task, const row_execution& execution) {
  run_rows(task, execution);
}

void location_scale_log_prob_vjp(const location_scale_log_prob_vjp_task& task, const row_execution& execution) {
  run_rows(task, execution);
}

}  // namespace gumbelcuda
