// SPDX-License-Identifier: Apache-2.0
// For the .cu that have instances of launch_rows() (rows.hpp), and nobody else, who would make instances of their own:
// it is what the file has as launch_task() for the task, or that of any task (any_operation.cuh).
#pragma once

#include "kernels/rows/launch.hpp"

namespace gumbelcuda {

template <class Task>
int launch_rows(const Task& task, void* stream) {
  return launch_task(task, stream);
}

}  // namespace gumbelcuda
