// SPDX-License-Identifier: Apache-2.0
// Only for the .cu files with instances of launch_rows() (launch.hpp): any other file would make instances of its own.
// Calls the launch_task() that the file has for the task, or the one for any task (any_operation.cuh).
#pragma once

#include "kernels/rows/launch.hpp"

namespace gumbelcuda {

template <class Task>
int launch_rows(const Task& task, void* stream) {
  return launch_task(task, stream);
}

}  // namespace gumbelcuda
