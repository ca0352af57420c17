// SPDX-License-Identifier: Apache-2.0
// The host's entries to noise, Gumbel-max and Gumbel-softmax. gumbel_<type>.cu compile the kernels.
#include "gumbelcuda/detail/rows/gumbel.hpp"
#include "gumbelcuda/detail/rows/with_stored.hpp"
#include "kernels/rows/grid.cuh"
#include "kernels/rows/gumbel_by_type.hpp"
#include "kernels/rows/instances.hpp"

namespace gumbelcuda {

namespace {

constexpr int advance_block = 128;

template <class Offset>
__global__ void __launch_bounds__(advance_block) advance_offsets_kernel(Offset* offsets, Offset count, Offset words) {
  const Offset step = Offset(gridDim.x) * blockDim.x;
  for (Offset n = Offset(blockIdx.x) * blockDim.x + threadIdx.x; n < count; n += step) offsets[n] += words;
}

}  // namespace

static int launch_task(const gumbel_noise_task& task, void* stream) {
  return with_stored(task.type, [&](auto stored) {
    return rows_launch<decltype(stored)>::noise(task, static_cast<launch_stream>(stream));
  });
}
static int launch_task(const gumbel_max_task& task, void* stream) {
  return with_stored(task.type, [&](auto stored) {
    return rows_launch<decltype(stored)>::max(task, static_cast<launch_stream>(stream));
  });
}
static int launch_task(const gumbel_softmax_task& task, void* stream) {
  const launch_status status = with_stored(task.type, [&](auto stored) {
    return rows_launch<decltype(stored)>::softmax(task, static_cast<launch_stream>(stream));
  });
  // Separate kernel: writing the noise in the other one would cost registers for all callers that do not want it.
  return status != launch_success || !task.gumbel_out.data ? status : launch_task(gumbel_out_task(task), stream);
}
static int launch_task(const gumbel_softmax_vjp_task& task, void* stream) {
  return with_stored(task.type, [&](auto stored) {
    return rows_launch<decltype(stored)>::softmax_vjp(task, static_cast<launch_stream>(stream));
  });
}
int launch_advance_offsets(std::uint64_t* offsets, std::uint64_t count, std::uint64_t words, void* stream) {
  return launch(advance_offsets_kernel<std::uint64_t>, detail::grid_for(count, advance_block, advance_block),
                static_cast<launch_stream>(stream), offsets, count, words);
}

template int launch_rows(const gumbel_noise_task&, void* stream);
template int launch_rows(const gumbel_max_task&, void* stream);
template int launch_rows(const gumbel_softmax_task&, void* stream);
template int launch_rows(const gumbel_softmax_vjp_task&, void* stream);

}  // namespace gumbelcuda
