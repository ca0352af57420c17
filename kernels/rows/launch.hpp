// SPDX-License-Identifier: Apache-2.0
// The operations on rows as the host sees them: no CUDA here, so that any compiler can include it.
#pragma once

#include "gumbelcuda/detail/every_operation.hpp"
#include "gumbelcuda/temperature_schedule.hpp"

namespace gumbelcuda {

// Does a task on `stream` (a cudaStream_t; all pointers of the task are the device's) and returns at once, with a
// cudaError_t. No rows: success, nothing runs. The task has been validated. Each .cu has an instance for each of its
// own tasks (instances.hpp).
template <class Task>
int launch_rows(const Task& task, void* stream);

// *offset += words, in the order of the stream.
int launch_advance_noise(std::uint64_t* offset, std::uint64_t words, void* stream);
// *result = temperature(schedule, *step), in the order of the stream.
int launch_evaluate_schedule(const temperature_schedule& schedule, const std::uint64_t* step, float* result,
                             void* stream);

}  // namespace gumbelcuda
