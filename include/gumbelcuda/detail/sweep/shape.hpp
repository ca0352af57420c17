// SPDX-License-Identifier: Apache-2.0
// The sizes of a GAN of a sweep, where its parameters lie, and where in the noise stream it reads. GANs of one shape
// train side by side. docs/noise-stream.md says the same of the noise in prose.
#pragma once

#include <cstdint>

#include "gumbelcuda/detail/gan/shape.hpp"
#include "gumbelcuda/detail/sweep/sizes.hpp"

GUMBELCUDA_MATH_BEGIN

struct sweep_shape : sweep_sizes {
  GUMBELCUDA_HD constexpr explicit sweep_shape(const sweep_sizes& sizes) : sweep_sizes(sizes) {}

  // Layers of the discriminator: the hidden ones, and the one with the single output.
  GUMBELCUDA_HD constexpr int layers() const { return problem.hidden_layers + 1; }
  GUMBELCUDA_HD constexpr int inputs(int layer) const { return layer == 0 ? classes : problem.hidden_width[layer - 1]; }
  GUMBELCUDA_HD constexpr int outputs(int layer) const {
    return layer == problem.hidden_layers ? 1 : problem.hidden_width[layer];
  }
  // A layer's weights lie row after row, a row for each output; then its biases.
  GUMBELCUDA_HD constexpr int first_weight(int layer) const {
    int before = 0;
    for (int l = 0; l < layer; ++l) before += outputs(l) * (inputs(l) + 1);
    return before;
  }
  GUMBELCUDA_HD constexpr int first_bias(int layer) const {
    return first_weight(layer) + outputs(layer) * inputs(layer);
  }
  GUMBELCUDA_HD constexpr int discriminator_parameters() const { return first_weight(layers()); }
  // The state of a GAN: logits, discriminator, and the two moments of each in the same order.
  GUMBELCUDA_HD constexpr int parameters() const { return classes + discriminator_parameters(); }
  GUMBELCUDA_HD constexpr int state_numbers() const { return 3 * parameters(); }
};

// Block numbers of what a GAN of a sweep draws besides what noise_order has (see docs/noise-stream.md).
namespace sweep_noise {

inline constexpr std::uint64_t plane_blocks = std::uint64_t{1} << 60;
inline constexpr std::uint64_t weights = 1 * plane_blocks, smoothing = 2 * plane_blocks, inner = 3 * plane_blocks,
                               penalty = 4 * plane_blocks, data = 5 * plane_blocks, gradients = 6 * plane_blocks,
                               inner_of_gradients = 7 * plane_blocks;

GUMBELCUDA_HD constexpr std::uint64_t real_blocks(const sweep_shape& s) { return (std::uint64_t(s.batch) + 3) / 4; }
// Of the quad of real samples 4·quad …: block k is class k's.
GUMBELCUDA_HD constexpr std::uint64_t smoothing_block(const sweep_shape& s, std::uint64_t step, int quad) {
  return smoothing + (step * real_blocks(s) + std::uint64_t(quad)) * std::uint64_t(s.classes);
}
// Of inner sample m of the quad of generator samples 4·quad …, counted through the updates of the step. A step's blocks
// begin at inner_step().
GUMBELCUDA_HD constexpr std::uint64_t inner_step(const sweep_shape& s, std::uint64_t step) {
  const std::uint64_t quads = (std::uint64_t(s.batch) * std::uint64_t(s.generator_steps) + 3) / 4;
  return inner + step * quads * std::uint64_t(s.problem.inner_samples) * std::uint64_t(s.classes);
}
GUMBELCUDA_HD constexpr std::uint64_t inner_block(const sweep_shape& s, std::uint64_t first, int quad, int m) {
  const auto samples = std::uint64_t(s.problem.inner_samples);
  return first + (std::uint64_t(quad) * samples + std::uint64_t(m)) * std::uint64_t(s.classes);
}
GUMBELCUDA_HD constexpr std::uint64_t penalty_block(const sweep_shape& s, std::uint64_t step, int quad) {
  return penalty + step * real_blocks(s) + std::uint64_t(quad);
}

}  // namespace sweep_noise

GUMBELCUDA_MATH_END
