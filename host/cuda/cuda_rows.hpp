// SPDX-License-Identifier: Apache-2.0
// The operations on rows on the current CUDA device. This header needs no CUDA. In a build without CUDA,
// host/cuda/absent.cpp defines these functions.
#pragma once

#include <cstddef>
#include <tuple>

#include "gumbelcuda/detail/every_operation.hpp"
#include "gumbelcuda/temperature_schedule.hpp"

namespace gumbelcuda {

template <class Task>
using cuda_row_function = void (*)(const Task& task, void* stream);
template <class... Tasks>
using cuda_row_functions_of = std::tuple<cuda_row_function<Tasks>...>;
extern const of_every_row_task<cuda_row_functions_of> cuda_row_functions;

// The task has been validated; its pointers are device pointers, `stream` is a cudaStream_t. Returns before the work is
// done. Throws no_device, out_of_memory or device_error; so do the functions below.
template <class Task>
void run_on_cuda(const Task& task, void* stream) {
  std::get<cuda_row_function<Task>>(cuda_row_functions)(task, stream);
}
void advance_offsets_on_cuda(std::uint64_t* offsets, std::uint64_t count, std::uint64_t words, void* stream);
void evaluate_schedule_on_cuda(const temperature_schedule& schedule, const std::uint64_t* step, float* result,
                               void* stream);
// Copies from device memory to the host's, after the stream's work so far, and waits for it.
void read_from_cuda(void* to, const void* from, std::size_t bytes, void* stream);

}  // namespace gumbelcuda
