// SPDX-License-Identifier: Apache-2.0
// Relaxed k-hot samples and their gradients, compiled for the GPU.
#include "gumbelcuda/detail/rows/relaxed_k_hot.hpp"
#include "kernels/rows/any_operation.cuh"

namespace gumbelcuda {

namespace {

template <class Task>
int launch_shallow_rows(const Task& task, void* stream) {
  return launch_row_kernel(task, stream, [](auto number, std::uint64_t classes, auto body) {
    return with_shallow_row_plan<decltype(number)>(classes, body);
  });
}

}  // namespace

static int launch_task(const relaxed_k_hot_task& task, void* stream) { return launch_shallow_rows(task, stream); }
static int launch_task(const relaxed_k_hot_vjp_task& task, void* stream) { return launch_shallow_rows(task, stream); }

template int launch_rows(const relaxed_k_hot_task&, void* stream);
template int launch_rows(const relaxed_k_hot_vjp_task&, void* stream);

}  // namespace gumbelcuda
