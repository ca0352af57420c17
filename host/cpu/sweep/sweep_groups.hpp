// SPDX-License-Identifier: Apache-2.0
// A sweep as backends train it: GANs in groups of one shape, with tables of what they have of their own.
#pragma once

#include <cstdint>
#include <vector>

#include "gumbelcuda/detail/sweep/task.hpp"
#include "gumbelcuda/sweep.hpp"
#include "host/cpu/training_state.hpp"

namespace gumbelcuda {

// A setting of GAN number `gan`, of which there is one for all, or one for each.
template <class Value>
const Value& value_of_gan(const std::vector<Value>& values, std::uint64_t gan) {
  return values.size() == 1 ? values[0] : values[gan];
}

// GANs of one shape train side by side.
sweep_sizes shape_of(const sweep_config& config, std::uint64_t gan);

struct sweep_group {
  sweep_sizes shape;
  std::uint64_t steps;                       // that they have made
  std::vector<std::uint64_t> gans;           // their numbers in the sweep, in the order in which they train
  std::vector<sweep_gan_settings> settings;  // of each
  // The tables of sweep_task.
  std::vector<std::uint32_t> first_word, last_word;
  std::vector<double> probabilities;
  std::vector<float> initial_logits;

  // All but the states. Its pointers are to this group and to `config`.
  sweep_task task(const sweep_config& config) const;
};

// The epochs of all GANs, if none stops early; the largest number of its type if there are more.
std::uint64_t all_epochs(const sweep_config& config);

// The epochs of GANs that have ended, and those that paused ones have trained.
std::uint64_t epochs_so_far(const sweep_config& config, const training_state& state);

// The GANs that have not ended. `config` has been validated.
std::vector<sweep_group> groups_of(const sweep_config& config, const training_state& state);

}  // namespace gumbelcuda
