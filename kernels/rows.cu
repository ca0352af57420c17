// SPDX-License-Identifier: Apache-2.0
// The operations on rows: their entries. rows_<type>.cu have the kernels.
#include "gumbelcuda/math/storage.hpp"
#include "kernels/rows_launch.hpp"

namespace gumbelcuda {

namespace {

// Calls launch_one(rows_launch of the task's type).
template <class Task, class LaunchOne>
launch_status with_type(const Task& task, LaunchOne launch_one) {
  switch (task.type) {
    case number_type::float32: return launch_one(rows_launch<float>{});
    case number_type::float16: return launch_one(rows_launch<float16>{});
    case number_type::bfloat16: return launch_one(rows_launch<bfloat16>{});
    case number_type::float64: break;
  }
  return launch_one(rows_launch<double>{});
}

template <class Offset>
__global__ void advance_noise_kernel(Offset* offset, Offset words) {
  *offset += words;
}

}  // namespace

int launch_gumbel_noise(const gumbel_noise_task& task, void* stream) {
  return with_type(task, [&](auto of) { return of.noise(task, static_cast<launch_stream>(stream)); });
}
int launch_gumbel_max(const gumbel_max_task& task, void* stream) {
  return with_type(task, [&](auto of) { return of.max(task, static_cast<launch_stream>(stream)); });
}
int launch_gumbel_softmax(const gumbel_softmax_task& task, void* stream) {
  return with_type(task, [&](auto of) { return of.softmax(task, static_cast<launch_stream>(stream)); });
}
int launch_gumbel_softmax_vjp(const gumbel_softmax_vjp_task& task, void* stream) {
  return with_type(task, [&](auto of) { return of.softmax_vjp(task, static_cast<launch_stream>(stream)); });
}
int launch_advance_noise(std::uint64_t* offset, std::uint64_t words, void* stream) {
  return launch(advance_noise_kernel<std::uint64_t>, {dim3(1), dim3(1)}, static_cast<launch_stream>(stream), offset, words);
}

}  // namespace gumbelcuda
