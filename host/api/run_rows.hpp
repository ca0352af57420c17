// SPDX-License-Identifier: Apache-2.0
// What the public operations on rows do: checks, then the backend. Those on shards (sharded.cpp) differ a little.
#pragma once

#include "gumbelcuda/gumbel.hpp"
#include "host/api/check_task.hpp"
#include "host/cpu/rows/cpu_rows.hpp"
#include "host/cuda/cuda_rows.hpp"

namespace gumbelcuda {

// Checks what does not depend on the task. Returns whether the work is for a device.
bool on_device(const row_execution& execution);

// Runs on_cpu(workers); translates std::bad_alloc into out_of_memory.
void run_on_cpu_threads(const row_execution& execution, std::uint64_t classes,
                        const std::function<void(const row_workers&)>& on_cpu);

// Checks a task, then runs it on its backend. Without rows or classes there is nothing to run.
template <class Task>
void run_rows(const Task& task, const row_execution& execution) {
  const bool device = on_device(execution);
  check_task(task, device);
  if (task.rows == 0 || task.classes == 0) return;
  if (device)
    run_on_cuda(task, execution.stream);
  else
    run_on_cpu_threads(execution, task.classes, [&](const row_workers& workers) { run_on_cpu(task, workers); });
}

}  // namespace gumbelcuda
