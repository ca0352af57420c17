// SPDX-License-Identifier: Apache-2.0
// No vectors and no special instructions: for machines without fused multiply-add in hardware, where
// std::fma computes it in software. Slow, same bits.
#define GUMBELCUDA_ISA scalar
#include "gumbelcuda/gan/direct_gan.hpp"
#include "gumbelcuda/gan/step.hpp"
#include "gumbelcuda/math/philox.hpp"
#include "host/cpu/train_task.hpp"

#include "host/cpu/train.inl"

GUMBELCUDA_MATH_BEGIN

struct row_blocks {
  std::uint64_t seed, row;
  philox_block<std::uint32_t> operator()(std::uint64_t block) const {
    return philox4x32_10(philox_block<std::uint32_t>{{std::uint32_t(block), std::uint32_t(block >> 32),
                                                      std::uint32_t(row), std::uint32_t(row >> 32)}},
                         philox_key(seed));
  }
};

template <class Classes, class Batch>
using scalar_gan = direct_gan<float, Classes, Batch, row_blocks>;

inline std::size_t workspace_bytes(const cpu_train_task& task) {
  return with_shape(task, [](auto classes, auto batch) { return sizeof(scalar_gan<decltype(classes), decltype(batch)>); });
}

inline bool train_single(const cpu_train_task& task, std::uint64_t gan_index, void* workspace) {
  const gan_hyperparameters<float> hyper{task.generator_rate[gan_index * task.generator_rate_stride],
                                         task.discriminator_rate[gan_index * task.discriminator_rate_stride],
                                         task.temperature[gan_index * task.temperature_stride]};
  return with_shape(task, [&](auto classes, auto batch) {
    using Gan = scalar_gan<decltype(classes), decltype(batch)>;
    auto* gan = new (workspace, placement{}) Gan({classes, batch, task.generator_steps},
                                                 {task.seed, task.first_row + gan_index}, law_of(task), hyper);
    return train_gans(*gan, task, gan_index, 1, 1, classes);
  });
}

inline bool train_lanes(const cpu_train_task& task, std::uint64_t first, int, void* workspace) {
  return train_single(task, first, workspace);
}

GUMBELCUDA_MATH_END

namespace gumbelcuda {
const cpu_target cpu_target_scalar = {"scalar", 1, scalar::workspace_bytes, scalar::train_lanes, scalar::train_single};
}
