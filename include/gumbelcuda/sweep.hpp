// SPDX-License-Identifier: Apache-2.0
// Training many toy GANs that differ: in their target, number of classes, noise, rates, temperature and its schedule,
// batch, length, and in what they train with (gan_problem.hpp).
//
//   gumbelcuda::sweep_config config;
//   config.num_gans = 3;
//   config.generator_learning_rate = {1e-4f, 1e-3f, 1e-2f};
//   gumbelcuda::sweep_result result = gumbelcuda::train_sweep(config);
//
// The same configuration gives the same bytes on every backend, instruction set and number of threads, and each GAN has
// those that it has when it is trained alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gumbelcuda/export.h"
#include "gumbelcuda/fleet.hpp"
#include "gumbelcuda/gan_problem.hpp"
#include "gumbelcuda/temperature_schedule.hpp"

namespace gumbelcuda {

// Vectors have one value for all GANs, or one for each; data are for all.
struct sweep_config {
  std::uint64_t num_gans = 1;
  // Probabilities of a GAN's classes, 2 to 1024 of them: each in [0, 1], their sum 1 to within 1e-6. GANs may have
  // different numbers of classes.
  std::vector<std::vector<double>> target{{0, 0, .1, .3, .6}};
  // Instead of samples of `target`: what all GANs learn from, classes 0 … K − 1 in their order; 1 to 2^31 of them.
  // If there are data, `target` must have one row of K probabilities, their shares.
  std::vector<std::uint32_t> data{};
  data_order order = data_order::file;

  std::vector<gan_problem> problem{{}};
  // GAN i draws from row first_gan + i of its seed's noise stream.
  std::vector<std::uint64_t> seed{42};
  std::uint64_t first_gan = 0;
  // > 0, finite.
  std::vector<float> generator_learning_rate{7e-4f}, discriminator_learning_rate{7e-4f};
  // Of both optimisers, see optimizer_kind. In [0, 1); ε: > 0, finite.
  std::vector<double> beta_1{.9}, beta_2{.999};
  std::vector<float> epsilon{1e-8f};
  // By discriminator updates so far.
  std::vector<temperature_schedule> temperature{constant_temperature(1e-3f)};
  // 1 … 4096 samples per update; 1 … 1000 generator updates after each discriminator update.
  std::vector<int> batch_size{10}, generator_steps{10};
  // ≥ 1; with steps_per_epoch at most 2^40 generator updates of a GAN.
  std::vector<std::int64_t> epochs{200};
  std::int64_t steps_per_epoch = 100;
  // A GAN's logits at the start, finite; of a GAN whose vector is empty, all are 1.
  std::vector<std::vector<float>> initial_logits{{}};
  // A GAN stops at the end of the first epoch after which its total variation to the target is at most this; −1: none
  // stops early. −1, or 0 … 1.
  double until_total_variation = -1;
  // How many samples of the generator's gradient are drawn at a GAN's end, for the two results below that tell of them:
  // 0 (none), or 2 … 4096.
  int gradient_samples = 0;
  // The first history_gans GANs keep what they were after every epoch; at most num_gans.
  std::uint64_t history_gans = 0;
};

// Why a GAN stopped. end: all its epochs are done. converged: see until_total_variation. diverged: after a step a
// parameter was NaN or infinite; it trains no more after the end of that epoch, and its results are those it has then.
enum class gan_outcome : std::uint8_t { end, converged, diverged };

// The results of all GANs. C is the largest number of classes; where a GAN has fewer, the rest of its row is 0.
struct sweep_result {
  std::uint64_t num_gans = 0;
  int most_classes = 0;                // C
  std::vector<int> classes{};          // [gan]
  std::vector<float> distribution{};   // [gan][C], softmax(logits)
  std::vector<float> logits{};         // [gan][C]
  std::vector<gan_outcome> outcome{};  // [gan]
  // [gan]: the epochs that it trained; the discriminator updates, the last of them the one after which it had diverged.
  std::vector<std::int64_t> epochs{}, steps{};
  // [gan]: NaN where it has diverged. The losses are those expected for one-hot samples at the final parameters,
  // without the gradient penalty.
  std::vector<float> total_variation{}, generator_loss{}, discriminator_loss{};
  // [gan], if gradient_samples were asked for: of single samples' gradients with respect to the logits, as the
  // estimator gives them at the final parameters, the share that is not exactly 0, and the variance (the sum over the
  // logits). NaN where the GAN has diverged.
  std::vector<float> nonzero_gradients{}, gradient_variance{};
  // Of the first history_gans GANs, after each of the most epochs that a GAN has; what a GAN was at its end, it stays.
  std::int64_t most_epochs = 0;                                                                          // E
  std::uint64_t history_gans = 0;                                                                        // H
  std::vector<float> history{};                                                                          // [H][E][C]
  std::vector<float> history_total_variation{}, history_generator_loss{}, history_discriminator_loss{};  // [H][E]
  std::string backend{}, target{};  // as in fleet_result
  int threads = 0;
  double seconds = 0;     // of training
  double lanes_busy = 0;  // the share of a vector's elements that trained a GAN; 1 where there are no vectors
};

// Throws invalid_argument for a configuration that train_sweep would not accept on any machine.
GUMBELCUDA_API void validate(const sweep_config& config);

// How many bytes the result takes; the largest number of its type if it is more than that.
GUMBELCUDA_API std::uint64_t result_bytes(const sweep_config& config);

// Trains a sweep, on devices if no GAN has more than 32 classes; with backend automatic the CPU trains it otherwise.
// Progress is in GAN-epochs, as if none stopped early. Throws what train_fleet throws.
GUMBELCUDA_API sweep_result train_sweep(const sweep_config& config, const fleet_execution& execution = {});

}  // namespace gumbelcuda
