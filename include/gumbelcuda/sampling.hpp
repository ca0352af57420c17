// SPDX-License-Identifier: Apache-2.0
// Gumbel noise, Gumbel-max and Gumbel-softmax with its backward pass, for batches of rows of classes, on the CPU and on
// CUDA devices with the same bits. Noise never touches memory: what the backward pass needs of it is computed again.
//
//   gumbelcuda::gumbel_softmax_task task{.rows = 128, .classes = 1000, .logits = {logits}, .y = {y}};
//   task.temperature = &temperature;
//   gumbelcuda::gumbel_softmax(task);
//
// Every function checks its arguments, throws invalid_argument naming the first that is wrong, and has then done nothing.
// no_device and out_of_memory are thrown too; what fails on a device later, its stream says. No rows is success. On a
// CUDA device it returns before the work is done; it allocates nothing, so that it can be captured in a CUDA graph.
#pragma once

#include <cstdint>

#include "gumbelcuda/error.hpp"
#include "gumbelcuda/fleet.hpp"
#include "gumbelcuda/rows/tasks.hpp"

namespace gumbelcuda {

// Where the pointers of a task lead, and what works there.
struct row_execution {
  backend_kind backend = backend_kind::cpu;  // cpu or cuda
  int threads = 0;                           // of the CPU; 0: as many as the process may use
  void* stream = nullptr;                    // a cudaStream_t of the current device
};

void gumbel_noise(const gumbel_noise_task& task, const row_execution& execution = {});
void gumbel_max(const gumbel_max_task& task, const row_execution& execution = {});
void gumbel_softmax(const gumbel_softmax_task& task, const row_execution& execution = {});
void gumbel_softmax_vjp(const gumbel_softmax_vjp_task& task, const row_execution& execution = {});

// *device_offset += words rounded up to a multiple of 4, in the order of the stream.
void advance_noise(std::uint64_t* device_offset, std::uint64_t words, const row_execution& execution = {});

}  // namespace gumbelcuda
