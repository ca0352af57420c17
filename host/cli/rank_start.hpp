// SPDX-License-Identifier: Apache-2.0
// What the processes of mpirun know before they train: rank 0 alone looks at the checkpoints of all, and tells the
// others. If each looked for itself, the files would be opened ranks × ranks times.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "host/cli/ranks.hpp"
#include "host/cpu/gan_range.hpp"

namespace gumbelcuda {

// Rank 0 does it. What it throws, all ranks throw.
void by_rank_0(ranks& all, const std::function<void()>& work);

// What the processes have to do.
struct work_left {
  // Neighbouring GANs in mid-training that are in the file FILE.number.paused.
  struct paused_range {
    std::uint64_t first, count, number;
  };
  std::string file{};
  std::vector<gan_range> gans{};  // that have not ended
  std::vector<paused_range> paused{};

  bool has(std::uint64_t gan) const;  // whether it has not ended
  // The files that have some of these GANs.
  std::vector<std::string> paused_files_of(const gan_range& range) const;
};

// As the checkpoints FILE.0, FILE.1 … say, which nobody may add to meanwhile. Throws what reading them throws, and
// invalid_argument for one of a run with other settings.
work_left left_in_ranks(ranks& all, const std::string& file, const std::string& settings, std::uint64_t gans);

}  // namespace gumbelcuda
