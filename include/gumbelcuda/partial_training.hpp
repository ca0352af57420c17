// SPDX-License-Identifier: Apache-2.0
// Training that goes on where an earlier one was stopped: GANs that have ended keep their results, the others train.
//
//   gumbelcuda::partial_fleet fleet;                 // of which nothing has been trained
//   try {
//     gumbelcuda::train_fleet(config, fleet, execution);
//   } catch (const gumbelcuda::interrupted&) {}      // fleet has the results of those that had ended
//   gumbelcuda::train_fleet(config, fleet);          // the others
//
// Every GAN has the same bytes wherever and whenever it trains, so fleet.result is then what train_fleet(config)
// returns. A GAN that was being trained when the training was stopped is paused, and goes on from there.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <vector>

#include "gumbelcuda/export.h"
#include "gumbelcuda/fleet.hpp"
#include "gumbelcuda/sweep.hpp"

namespace gumbelcuda {

// A GAN in mid-training: what it needs to go on, on any backend.
struct paused_gan {
  std::uint64_t gan = 0;    // its number in the training
  std::uint64_t steps = 0;  // that it has made, each an update of the discriminator and those of the generator; ≥ 1
  std::vector<float> numbers{};  // parameters and moments
  // Of a sweep's GAN, as sweep_task has them: β₁ᵗ and β₂ᵗ of both optimisers, and after which step it had diverged.
  std::array<double, 4> powers{};
  std::uint64_t diverged_step = 0;
};

template <class Result>
struct partial_training {
  // Of a paused GAN: the history of the epochs that it has trained.
  Result result{};
  // [gan]: 1 if it has ended, and its part of `result` is final.
  std::vector<std::uint8_t> ended{};
  // By number; none that has ended.
  std::vector<paused_gan> paused{};

  // May be asked while it trains: execution.on_progress is called by the thread that waits.
  bool has_ended(std::uint64_t gan) const {
    return std::atomic_ref(const_cast<std::uint8_t&>(ended[gan])).load(std::memory_order_acquire) != 0;
  }
};
using partial_fleet = partial_training<fleet_result>;
using partial_sweep = partial_training<sweep_result>;

// Give an empty partial training the sizes of `config`, with no GAN that has ended. Throw invalid_argument and
// out_of_memory.
GUMBELCUDA_API void prepare(const fleet_config& config, partial_fleet& fleet);
GUMBELCUDA_API void prepare(const sweep_config& config, partial_sweep& sweep);

// Train the GANs that have not ended; prepare what is empty. Progress counts those that have. Throw what
// train_fleet(config) throws, and invalid_argument for a partial training of other sizes. After any exception GANs that
// have ended or are paused are still right, and the training can go on.
GUMBELCUDA_API void train_fleet(const fleet_config& config, partial_fleet& fleet,
                                const fleet_execution& execution = {});
GUMBELCUDA_API void train_sweep(const sweep_config& config, partial_sweep& sweep,
                                const fleet_execution& execution = {});

}  // namespace gumbelcuda
