// SPDX-License-Identifier: Apache-2.0
// The operations on rows on this processor: the best instruction set, rows shared out over threads.
#pragma once

#include <functional>

#include "host/cpu/row_operations.hpp"

namespace gumbelcuda {

// Of the best instruction set that this processor has.
const cpu_row_operations& cpu_rows();

// Calls work(first, last, scratch) for ranges of [0, count) that together are all of it, on up to `threads` threads.
// `weight`: classes in each; `scratch_bytes` for each thread. Throws std::bad_alloc.
void share_out(std::uint64_t count, std::uint64_t weight, int threads, std::size_t scratch_bytes,
               const std::function<void(std::uint64_t first, std::uint64_t last, void* scratch)>& work);

// The task has been validated. `threads` ≥ 1. Throws std::bad_alloc.
inline void run_on_cpu(const gumbel_noise_task& task, int threads) {
  share_out(task.rows * ((task.classes + 3) / 4), 4, threads, 0,
            [&](std::uint64_t first, std::uint64_t last, void*) { cpu_rows().noise(task, first, last); });
}
template <class Task>
void run_on_cpu(const Task& task, int threads) {
  share_out(task.rows, task.classes, threads, cpu_rows().scratch_bytes(task.classes),
            [&, run = std::get<row_function<Task>>(cpu_rows().functions)](
                std::uint64_t first, std::uint64_t last, void* scratch) { run(task, first, last, scratch); });
}

}  // namespace gumbelcuda
