// SPDX-License-Identifier: Apache-2.0
// The interface between the CPU backend and one instruction set's code for the operations on rows. Plain data and
// function pointers: see train_task.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>

#include "gumbelcuda/detail/every_operation.hpp"
#include "host/cpu/rows/row_targets.hpp"

namespace gumbelcuda {

// Works on items [first, last): rows, or groups of draws if a task has draws (draw_groups.hpp), or, for noise, quads
// counted through all rows. `scratch` has scratch_bytes(classes), 64-byte aligned.
template <class Task>
using row_function = void (*)(const Task& task, std::uint64_t first, std::uint64_t last, void* scratch);

template <class... Tasks>
using row_functions_of = std::tuple<row_function<Tasks>...>;
using row_functions = of_every_row_task<row_functions_of>;

struct cpu_row_operations {
  std::size_t (*scratch_bytes)(std::uint64_t classes);
  row_functions functions;             // null if only the narrower set has one
  const cpu_row_operations* narrower;  // may be null; it also does float64, class by class

  template <class Task>
  void run(const Task& task, std::uint64_t first, std::uint64_t last, void* scratch) const {
    const row_function<Task> own = std::get<row_function<Task>>(functions);
    if (narrower && (!own || task.type == number_type::float64)) return narrower->run(task, first, last, scratch);
    own(task, first, last, scratch);
  }
};

}  // namespace gumbelcuda
