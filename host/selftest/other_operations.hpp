// SPDX-License-Identifier: Apache-2.0
// The operations besides noise, Gumbel-max and Gumbel-softmax, which the self-test only compares byte by byte: a list
// of functions, and a type that holds a task of any of them.
#pragma once

#include <tuple>
#include <variant>

#include "gumbelcuda/detail/every_operation.hpp"
#include "gumbelcuda/gumbel.hpp"
#include "gumbelcuda/temperature_schedule.hpp"

namespace gumbelcuda {

// Operations that are not on rows, in the form of tasks.
struct advance_noise_task {
  std::uint64_t* device_offset = nullptr;
  std::uint64_t words = 0;
};
struct evaluate_schedule_task {
  temperature_schedule schedule{};
  const std::uint64_t* device_step = nullptr;
  float* device_temperature = nullptr;
};
template <class Visit>
void for_each_array(advance_noise_task& task, Visit visit) {
  visit(task.device_offset, 1);
}
template <class Visit>
void for_each_array(evaluate_schedule_task& task, Visit visit) {
  visit(task.device_step, 1);
  visit(task.device_temperature, 1);
}
inline void run_advance_noise(const advance_noise_task& task, const row_execution& execution) {
  advance_noise(task.device_offset, task.words, execution);
}
inline void run_evaluate_schedule(const evaluate_schedule_task& task, const row_execution& execution) {
  evaluate_schedule(task.schedule, task.device_step, task.device_temperature, execution);
}

// operations_on_rows without the first four, which the self-test checks more closely, plus the two above.
inline constexpr auto other_operations = std::apply(
    [](auto, auto, auto, auto, auto... others) {
      return std::tuple{others..., &run_advance_noise, &run_evaluate_schedule};
    },
    operations_on_rows);

template <class... Task>
std::variant<Task...> any_task_of(std::tuple<operation_on<Task>...>);
using other_task = decltype(any_task_of(other_operations));

}  // namespace gumbelcuda
