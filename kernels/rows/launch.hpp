// SPDX-License-Identifier: Apache-2.0
// The operations on rows as the host sees them. This header needs no CUDA, so any compiler can include it.
#pragma once

#include "gumbelcuda/detail/every_operation.hpp"
#include "gumbelcuda/temperature_schedule.hpp"

namespace gumbelcuda {

// Runs a task on `stream`, a cudaStream_t; all pointers of the task are device pointers. Returns a cudaError_t at once.
// Without rows nothing runs, which is a success. The task has been validated. Each .cu file has an instance for each of
// its own tasks (instances.hpp).
template <class Task>
int launch_rows(const Task& task, void* stream);

// offsets[n] += words for n < count, in stream order.
int launch_advance_offsets(std::uint64_t* offsets, std::uint64_t count, std::uint64_t words, void* stream);
// *result = temperature(schedule, *step), in stream order.
int launch_evaluate_schedule(const temperature_schedule& schedule, const std::uint64_t* step, float* result,
                             void* stream);

}  // namespace gumbelcuda
