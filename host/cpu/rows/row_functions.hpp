// SPDX-License-Identifier: Apache-2.0
// The operations on rows on one instruction set, a whole row at a time. kernels/ must equal them bit for bit. The files
// host/cpu/targets/rows_*.cpp include this: each defines run_rows() for the tasks that need more than the one here, and
// instantiates their row_function_of.
#pragma once

#include "host/cpu/rows/row_function_of.hpp"
#include "host/cpu/rows/row_walk.hpp"

GUMBELCUDA_MATH_BEGIN

// Any other task: calls its run_row() (include/gumbelcuda/detail/rows/) for each row.
template <class Task>
inline void run_rows(const Task& task, std::uint64_t first, std::uint64_t last, void* scratch) {
  with_own_stored(task.type, [&](auto stored) {
    using Stored = decltype(stored);
    const whole_row part(task.classes);
    const row_scratch<computed_of<Stored>> buffer(scratch, part);
    for (std::uint64_t row = first; row < last; ++row) run_row<Stored>(task, row, part, buffer.slots);
  });
}

template <class Task>
void row_function_of<Task>::run(const Task& task, std::uint64_t first, std::uint64_t last, void* scratch) {
#ifdef GUMBELCUDA_NARROWER_ISA
  static_assert(gains_by_width<Task>, "compiled for an instruction set whose table leaves it out: row_function_of.hpp");
#endif
  run_rows(task, first, last, scratch);
}

GUMBELCUDA_MATH_END
