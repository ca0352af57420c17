// SPDX-License-Identifier: Apache-2.0
// The host's entries to noise, Gumbel-max and Gumbel-softmax. gumbel_<type>.cu compile the kernels.
#include "gumbelcuda/detail/rows/gumbel.hpp"
#include "gumbelcuda/detail/rows/with_stored.hpp"
#include "kernels/rows/gumbel_by_type.hpp"
#include "kernels/rows/instances.hpp"

namespace gumbelcuda {

namespace {

template <class Offset>
__global__ void __launch_bounds__(1) advance_noise_kernel(Offset* offset, Offset words) {
  *offset += words;
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
int launch_advance_noise(std::uint64_t* offset, std::uint64_t words, void* stream) {
  return launch(advance_noise_kernel<std::uint64_t>, {dim3(1), dim3(1)}, static_cast<launch_stream>(stream), offset,
                words);
}

template int launch_rows(const gumbel_noise_task&, void* stream);
template int launch_rows(const gumbel_max_task&, void* stream);
template int launch_rows(const gumbel_softmax_task&, void* stream);
template int launch_rows(const gumbel_softmax_vjp_task&, void* stream);

}  // namespace gumbelcuda
