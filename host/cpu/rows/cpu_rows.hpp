// SPDX-License-Identifier: Apache-2.0
// The operations on rows on the CPU: with the best instruction set, and rows spread over threads.
#pragma once

#include <algorithm>
#include <functional>

#include "gumbelcuda/detail/rows/draw_groups.hpp"
#include "gumbelcuda/gumbel.hpp"
#include "host/cpu/rows/row_operations.hpp"

namespace gumbelcuda {

// Those of the best instruction set that this processor has.
const cpu_row_operations& cpu_rows();

struct row_workers {
  int threads;  // ≥ 1
  scratch_memory& scratch;
};

// Calls work(first, last, scratch) for ranges that together cover [0, count), from at most workers.threads threads.
// `weight`: classes per item; `scratch_bytes`: for each thread. Throws std::bad_alloc.
void share_out(std::uint64_t count, std::uint64_t weight, const row_workers& workers, std::size_t scratch_bytes,
               const std::function<void(std::uint64_t first, std::uint64_t last, void* scratch)>& work);

// The task has been validated. Throws std::bad_alloc. `on`: the instruction set.
inline void run_on_cpu(const gumbel_noise_task& task, const row_workers& workers,
                       const cpu_row_operations& on = cpu_rows()) {
  share_out(task.rows * ((task.classes + 3) / 4), 4, workers, 0,
            [&](std::uint64_t first, std::uint64_t last, void* none) { on.run(task, first, last, none); });
}
inline void run_on_cpu(const combine_gumbel_max_task& task, const row_workers& workers,
                       const cpu_row_operations& on = cpu_rows()) {
  share_out(task.rows, task.shards, workers, 0,
            [&](std::uint64_t first, std::uint64_t last, void* none) { on.run(task, first, last, none); });
}
template <class Task>
void run_on_cpu(const Task& task, const row_workers& workers, const cpu_row_operations& on = cpu_rows()) {
  std::uint64_t count = task.rows, weight = task.classes;
  if constexpr (requires { task.draws; }) {
    const std::uint64_t groups = draw_groups(task), most = std::uint64_t{1} << 31;  // large enough; avoids overflow
    count *= groups;
    weight = std::min(weight, most) * std::min(task.draws / groups, most);
  }
  share_out(count, weight, workers, on.scratch_bytes(task.classes),
            [&](std::uint64_t first, std::uint64_t last, void* own) { on.run(task, first, last, own); });
}

}  // namespace gumbelcuda
