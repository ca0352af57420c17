// SPDX-License-Identifier: Apache-2.0
// The operations on rows: their entries. rows_<type>.cu have the kernels.
#include "kernels/rows_launch.cuh"

namespace gumbelcuda {

extern template struct rows_launch<float>;
extern template struct rows_launch<float16>;
extern template struct rows_launch<bfloat16>;
extern template struct rows_launch<double>;

int launch_gumbel_noise(const gumbel_noise_task& task, void* stream) {
  return launch_rows(task, [&](auto of) { return of.noise(task, static_cast<launch_stream>(stream)); });
}
int launch_gumbel_max(const gumbel_max_task& task, void* stream) {
  return launch_rows(task, [&](auto of) { return of.max(task, static_cast<launch_stream>(stream)); });
}
int launch_gumbel_softmax(const gumbel_softmax_task& task, void* stream) {
  return launch_rows(task, [&](auto of) { return of.softmax(task, static_cast<launch_stream>(stream)); });
}
int launch_gumbel_softmax_vjp(const gumbel_softmax_vjp_task& task, void* stream) {
  return launch_rows(task, [&](auto of) { return of.softmax_vjp(task, static_cast<launch_stream>(stream)); });
}
int launch_advance_noise(std::uint64_t* offset, std::uint64_t words, void* stream) {
  return launch(advance_noise_kernel<std::uint64_t>, {dim3(1), dim3(1)}, static_cast<launch_stream>(stream), offset, words);
}

}  // namespace gumbelcuda
