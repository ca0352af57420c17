// SPDX-License-Identifier: Apache-2.0
// The options of train and sweep about checkpoints and shards, and what is checked of them before any work.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "host/cli/flag.hpp"
#include "host/cpu/gan_range.hpp"

namespace gumbelcuda {

struct run_options;

// Number `index` of `count` equal ones, 0 ≤ index < count.
struct shard {
  std::uint64_t index = 0, count = 1;
};

struct checkpoint_options {
  std::string file{};  // empty: there are no checkpoints
  double interval = 60;
  bool resume = false;
  std::optional<shard> part{};
};

// For a checkpoint that a run without --resume finds.
invalid_argument already_exists(const std::string& path);

// The heading "Checkpoints".
void add_checkpoint_options(flag_set& flags, checkpoint_options& options);

// The GANs that this process trains. Throws invalid_argument for options that make no sense, alone, together, or for so
// many GANs.
gan_range check_checkpoint_options(const run_options& options, std::uint64_t num_gans);

}  // namespace gumbelcuda
