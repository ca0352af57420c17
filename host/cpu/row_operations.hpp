// SPDX-License-Identifier: Apache-2.0
// What the CPU backend asks of the code of one instruction set for the operations on rows. Plain data and function
// pointers, see train_task.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

#include "gumbelcuda/rows/tasks.hpp"

namespace gumbelcuda {

// Each works on [first, last): rows, of the noise quads, counted through all rows. `scratch` has scratch_bytes(classes),
// 64-byte aligned.
struct cpu_row_operations {
  std::size_t (*scratch_bytes)(std::uint64_t classes);
  void (*noise)(const gumbel_noise_task& task, std::uint64_t first, std::uint64_t last);
  void (*max)(const gumbel_max_task& task, std::uint64_t first, std::uint64_t last, void* scratch);
  void (*softmax)(const gumbel_softmax_task& task, std::uint64_t first, std::uint64_t last, void* scratch);
  void (*softmax_vjp)(const gumbel_softmax_vjp_task& task, std::uint64_t first, std::uint64_t last, void* scratch);
};

}  // namespace gumbelcuda
