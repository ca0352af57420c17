// SPDX-License-Identifier: Apache-2.0
// What is known of a run while it goes on. The log and the metrics show the same state.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "host/cli/progress.hpp"

namespace gumbelcuda {

struct training_hardware {
  std::string backend{}, hardware{};
  int threads = 0;  // on CUDA the devices
};

struct watched_training {
  std::uint64_t num_gans = 0, gans_resumed = 0, gans_ended = 0;
  std::optional<progress_report> gan_epochs{};  // unknown where processes share a run
  progress_estimate estimate{};
  double seconds = 0;
  training_hardware trained_on{};
};

struct checkpoint_additions {
  std::uint64_t count = 0, gans = 0, bytes = 0;
  double seconds = 0, last_time = 0;  // the latter since 1970
};

struct run_state {
  std::string command{}, shard{}, checkpoint{};
  double start_time = 0;  // seconds since 1970
  std::optional<watched_training> training{};
  checkpoint_additions additions{};
  std::uint64_t warnings = 0;
  std::optional<int> exit_code{};  // of a run that has ended
};

}  // namespace gumbelcuda
