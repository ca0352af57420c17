// SPDX-License-Identifier: Apache-2.0
// Trainings that keep what they have done in a file, and go on from there however they were ended.
//
//   gumbelcuda::checkpoint kept{.file = "run.checkpoint", .resume = true};
//   gumbelcuda::fleet_result result = gumbelcuda::train_fleet(config, kept);
//
// Every GAN has the same bytes wherever and whenever it trains, so a run may go on with another backend, number of
// threads or instruction set, and parts of a run may be trained on different machines. docs/checkpoints.md says what
// the files have and what cannot happen to them; gumbelcuda train, sweep and merge read and write the same ones.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "gumbelcuda/export.h"
#include "gumbelcuda/fleet.hpp"
#include "gumbelcuda/sweep.hpp"

namespace gumbelcuda {

// What has been added to the files.
struct checkpoint_addition {
  std::uint64_t ended = 0, paused = 0;  // GANs
  std::uint64_t bytes = 0;
  double seconds = 0;  // that it took
};

struct checkpoint {
  // Where results of GANs that have ended are kept. Those in mid-training are in a file beside it, whose name has
  // ".paused" behind this one's.
  std::string file{};
  // Go on with what is there; begin if there is nothing. Otherwise a file that is there is refused.
  bool resume = false;
  // Seconds from one addition to the next, 0.1 … 1e6. There is one at the end, too, and when the training is stopped.
  double interval = 60;
  // Train part number `shard` of `shards` equal ones: shard < shards ≤ num_gans.
  std::uint64_t shard = 0, shards = 1;
  // Asked by the thread that waits, every 0.1 s: true makes an addition at once.
  std::function<bool()> wants_addition{};
  std::function<void(const checkpoint_addition&)> on_addition{};
  // Hears why an addition failed (the disk is full). The training goes on, and it is tried again, unless it was the
  // last.
  std::function<void(const std::string& problem, bool last)> on_problem{};
};

// Train what the checkpoint does not have. The result is that of the run, or of the shard's GANs. Throw what
// train_fleet() and train_sweep() throw, after what was done has been kept; file_error if there can be no checkpoint at
// `file`, or if the last addition fails and there is no on_problem; damaged_file for what is no checkpoint, or has
// changed; invalid_argument for one of a run with other settings, or of another shard. A file that is refused stays as
// it is.
GUMBELCUDA_API fleet_result train_fleet(const fleet_config& config, const checkpoint& kept,
                                        const fleet_execution& execution = {});
GUMBELCUDA_API sweep_result train_sweep(const sweep_config& config, const checkpoint& kept,
                                        const fleet_execution& execution = {});

// A run as the checkpoints of its shards have it. Of a sweep's data they have the hash alone: config.data is empty.
struct merged_fleet {
  fleet_config config{};
  fleet_result result{};
};
struct merged_sweep {
  sweep_config config{};
  sweep_result result{};
};

// Join the checkpoints of a run's shards, in any order. Throw invalid_argument if GANs are missing, are there twice, or
// are of different runs; file_error and damaged_file.
GUMBELCUDA_API merged_fleet merge_fleet(const std::vector<std::string>& files);
GUMBELCUDA_API merged_sweep merge_sweep(const std::vector<std::string>& files);

}  // namespace gumbelcuda
