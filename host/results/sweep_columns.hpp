// SPDX-License-Identifier: Apache-2.0
// The settings of a sweep as files have them: for each a column of plain numbers, one for all GANs or one for each.
#pragma once

#include <cstdint>
#include <vector>

#include "gumbelcuda/sweep.hpp"

namespace gumbelcuda {

struct sweep_columns {
  std::vector<std::uint64_t> seed{};
  std::vector<float> generator_learning_rate{}, discriminator_learning_rate{}, epsilon{};
  std::vector<double> beta_1{}, beta_2{};
  std::vector<std::int64_t> batch_size{}, generator_steps{}, epochs{};
  // Of gan_problem. [layer]: widths, 0 beyond the last.
  std::vector<std::int64_t> hidden_layers{}, hidden_width[max_hidden_layers]{};
  std::vector<std::int64_t> activation{}, initializer{}, loss{}, estimator{}, inner_samples{}, optimizer{}, smoothing{};
  std::vector<float> weight_clip{}, gradient_penalty{}, smoothing_amount{};
  // Of temperature_schedule. [gan][most_knots], the last knot repeated.
  std::uint64_t most_knots = 1;
  std::vector<std::int64_t> temperature_shape{}, temperature_knots{};
  std::vector<std::uint64_t> temperature_step{};
  std::vector<float> temperature{};
  // [gan][most_classes], 0 beyond a GAN's classes. No logits: all ones.
  std::vector<double> target{};
  std::vector<float> initial_logits{};
};

// The most classes that a GAN has, and the most epochs.
int most_classes_of(const sweep_config& config);
std::int64_t most_epochs_of(const sweep_config& config);

// The columns of a configuration, whose vectors have 1 element or num_gans.
sweep_columns columns_of(const sweep_config& config);

// Puts columns back into a configuration; `classes` are those of each GAN. Throws invalid_argument for a number that is
// not among those that the library knows.
void put_columns(const sweep_columns& columns, const std::vector<int>& classes, sweep_config& config);

}  // namespace gumbelcuda
