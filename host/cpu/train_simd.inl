// SPDX-License-Identifier: Apache-2.0
// The CPU backend on vectors: which way of training suits a block of GANs, and its entry in the table.
#include "gumbelcuda/gan/race.hpp"
#include "gumbelcuda/gan/result.hpp"
#include "gumbelcuda/gan/step.hpp"
#include "host/cpu/lanes_gan.hpp"
#include "host/cpu/side_by_side_gan.hpp"
#include "host/cpu/train_task.hpp"

#include "host/cpu/train.inl"

GUMBELCUDA_MATH_BEGIN

inline std::size_t workspace_bytes(const cpu_train_task& task) {
  return with_shape(task, [](auto classes, auto batch) {
    using Classes = decltype(classes);
    using Batch = decltype(batch);
    const std::size_t lanes = sizeof(lanes_gan<Classes, Batch>), single = sizeof(side_by_side_gan<Classes, Batch>);
    return lanes > single ? lanes : single;
  });
}

// Element i of each array is GAN first + i's; elements beyond `count` repeat the last GAN.
struct lane_inputs {
  alignas(64) std::uint32_t row_low[simd_width], row_high[simd_width];
  alignas(64) float temperature[simd_width], generator_rate[simd_width], discriminator_rate[simd_width];
  float max_temperature = 0;

  lane_inputs(const cpu_train_task& task, std::uint64_t first, int count) {
    for (int i = 0; i < simd_width; ++i) {
      const std::uint64_t gan = first + std::uint64_t(i < count ? i : count - 1), row = task.first_row + gan;
      row_low[i] = std::uint32_t(row);
      row_high[i] = std::uint32_t(row >> 32);
      temperature[i] = task.temperature[gan * task.temperature_stride];
      generator_rate[i] = task.generator_rate[gan * task.generator_rate_stride];
      discriminator_rate[i] = task.discriminator_rate[gan * task.discriminator_rate_stride];
      max_temperature = temperature[i] > max_temperature ? temperature[i] : max_temperature;
    }
  }
};

inline bool train_lanes(const cpu_train_task& task, std::uint64_t first, int count, void* workspace) {
  const lane_inputs in(task, first, count);
  const row_blocks blocks(task.seed, simd_word::load(in.row_low), simd_word::load(in.row_high));
  const gan_hyperparameters<simd_float> hyper{simd_float::load(in.generator_rate),
                                              simd_float::load(in.discriminator_rate),
                                              simd_float::load(in.temperature)};
  return with_shape(task, [&](auto classes, auto batch) {
    using Classes = decltype(classes);
    using Batch = decltype(batch);
    const gan_shape<Classes, Batch> shape{classes, batch, task.generator_steps};
    auto* gan = new (workspace, placement{})
        lanes_gan<Classes, Batch>(shape, blocks, real_words_of(task), hyper, in.max_temperature <= racing_temperature_limit);
    return train_gans(*gan, task, first, count, simd_width, classes);
  });
}

inline bool train_single(const cpu_train_task& task, std::uint64_t gan, void* workspace) {
  return train_alone<side_by_side_gan>(task, gan, workspace);
}

GUMBELCUDA_MATH_END
