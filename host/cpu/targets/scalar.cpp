// SPDX-License-Identifier: Apache-2.0
// No vectors and no special instructions: for machines without fused multiply-add in hardware, where
// std::fma computes it in software. Slow, same bits.
#define GUMBELCUDA_ISA scalar
#include "gumbelcuda/gan/direct_gan.hpp"
#include "gumbelcuda/gan/result.hpp"
#include "gumbelcuda/gan/step.hpp"
#include "gumbelcuda/math/philox.hpp"
#include "host/cpu/train_task.hpp"

#include "host/cpu/train.inl"

GUMBELCUDA_MATH_BEGIN

template <class Classes, class Batch>
using scalar_gan = direct_gan<float, Classes, Batch, stream_row>;

inline std::size_t workspace_bytes(const cpu_train_task& task) {
  return with_shape(task, [](auto classes, auto batch) { return sizeof(scalar_gan<decltype(classes), decltype(batch)>); });
}

inline bool train_single(const cpu_train_task& task, std::uint64_t gan, void* workspace) {
  return train_alone<scalar_gan>(task, gan, workspace);
}

inline bool train_lanes(const cpu_train_task& task, std::uint64_t first, int, void* workspace) {
  return train_single(task, first, workspace);
}

GUMBELCUDA_MATH_END

namespace gumbelcuda {
const cpu_target cpu_target_scalar = {"scalar", 1, scalar::workspace_bytes, scalar::train_lanes, scalar::train_single,
                                      &cpu_rows_scalar};
}
