// SPDX-License-Identifier: Apache-2.0
// What a block of the fleet's kernels has, and what a group of lanes that shares a GAN needs of it. Plain numbers, on
// which kernel, policy and dispatch must agree.
#pragma once

#include "gumbelcuda/config.hpp"

namespace gumbelcuda {

// With four blocks per multiprocessor a thread has 128 registers, which hold the article's GAN without spilling.
inline constexpr int train_fleet_block = 128, train_fleet_blocks = 4;
inline constexpr int train_fleet_threads = train_fleet_block * train_fleet_blocks;  // per multiprocessor
// The shared memory that a block has on every device without a special request.
inline constexpr int train_fleet_shared_bytes = 48 * 1024;

// Shared memory of a group, for up to `samples` samples of a batch at a time: the noise blocks of all quads that can
// contain them, wherever in its quad the first one is, and then the terms of each sample.
struct group_memory {
  int classes, samples;

  GUMBELCUDA_HD constexpr int quads() const { return (samples + 6) / 4; }
  GUMBELCUDA_HD constexpr int block_bytes() const { return quads() * classes * 16; }
  // Rounded up so that the next group's memory is aligned.
  GUMBELCUDA_HD constexpr int bytes() const { return block_bytes() + (samples * (classes + 1) * 4 + 15) / 16 * 16; }
  constexpr bool fits(int lanes) const { return train_fleet_block / lanes * bytes() <= train_fleet_shared_bytes; }
};

}  // namespace gumbelcuda
