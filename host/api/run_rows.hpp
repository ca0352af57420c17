// SPDX-License-Identifier: Apache-2.0
// What public operations on rows do: checks, then the backend. Those of shards (sharded.cpp) differ a little.
#pragma once

#include "gumbelcuda/gumbel.hpp"
#include "host/api/check_task.hpp"
#include "host/cpu/rows/cpu_rows.hpp"
#include "host/cuda/cuda_rows.hpp"

namespace gumbelcuda {

// Checks what does not depend on the task; whether the work is for a device.
bool on_device(const row_execution& execution);

// Runs on_cpu(workers), and says out_of_memory where it does.
void run_on_cpu_threads(const row_execution& execution, std::uint64_t classes,
                        const std::function<void(const row_workers&)>& on_cpu);

// run_on_cuda(task, stream) is the task's own.
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
