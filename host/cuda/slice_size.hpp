// SPDX-License-Identifier: Apache-2.0
// How many GANs a device trains at a time: as many as its memory holds.
#pragma once

#include <algorithm>
#include <cstdint>

#include "gumbelcuda/fleet.hpp"
#include "host/saturating.hpp"
#include "kernels/fleet/slice.hpp"

namespace gumbelcuda {

// Bytes of device memory per GAN, and the additional bytes for a GAN that leaves a history.
struct gan_bytes {
  std::uint64_t each, history;

  explicit gan_bytes(const fleet_config& config) {
    const auto classes = std::uint64_t(config.target.size());
    const auto per_gan = [](const std::vector<float>& values) { return std::uint64_t(values.size() > 1 ? 1 : 0); };
    each = sizeof(float) * (fleet_state_size(int(classes)) + 3 * classes + 3 + per_gan(config.temperature) +
                            per_gan(config.generator_learning_rate) + per_gan(config.discriminator_learning_rate));
    history = saturating_product(sizeof(float) * classes, std::uint64_t(config.epochs));
  }
};

// How many of `left` GANs fit at once, if the first `with_history` of them leave a history. 0: not even one fits.
inline std::uint64_t slice_size(const gan_bytes& bytes, std::uint64_t left, std::uint64_t with_history,
                                std::uint64_t memory) {
  const std::uint64_t both = saturating_sum(bytes.each, bytes.history), recording = memory / both;
  if (recording < with_history) return recording;
  return std::min(left, with_history + (memory - with_history * both) / bytes.each);
}

// The device memory that buffers may take. An eighth of the total stays free: kernels for large GANs keep arrays in
// local memory, which the driver allocates when they first run, for as many threads as the device can hold.
inline std::uint64_t usable_memory(std::uint64_t free, std::uint64_t total) { return free - std::min(free, total / 8); }

}  // namespace gumbelcuda
