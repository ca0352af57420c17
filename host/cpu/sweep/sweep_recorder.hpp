// SPDX-License-Identifier: Apache-2.0
// What becomes of a GAN of a sweep after each epoch: whether it goes on, and what of it is kept. For all backends.
#pragma once

#include <limits>

#include "gumbelcuda/detail/sweep/task.hpp"
#include "host/cpu/sweep/sweep_groups.hpp"

namespace gumbelcuda {

class sweep_recorder {
 public:
  // `result` has its final sizes.
  sweep_recorder(const sweep_config& config, training_state& state, sweep_result& result)
      : config_(config), state_(state), result_(result) {}

  // Call this after epoch number `epoch` (from 0) of a GAN. diverged_step: see sweep_task. evaluate(evaluation) fills
  // one in; it is only called if somebody wants it. Returns whether the GAN goes on. Different threads may call it for
  // different GANs.
  // look_at_gradients(evaluation, step) adds the gradients to one, if they are asked for.
  template <class Evaluate, class LookAtGradients>
  bool goes_on(std::uint64_t gan, std::uint64_t epoch, std::uint64_t diverged_step, Evaluate evaluate,
               LookAtGradients look_at_gradients) const {
    if (!wants(gan, epoch, diverged_step)) return true;
    const bool diverged = diverged_step > 0, keeps_history = gan < config_.history_gans, is_last = ends(gan, epoch);
    const std::uint64_t row = gan * unsigned(result_.most_classes);
    sweep_evaluation now{&result_.distribution[row], &result_.logits[row], 0, 0, 0};
    evaluate(now);
    if (diverged) {
      now.total_variation = std::numeric_limits<double>::quiet_NaN();
      now.generator_loss = now.discriminator_loss = std::numeric_limits<float>::quiet_NaN();
    }
    const bool converged = now.total_variation <= config_.until_total_variation;
    const bool ends_here = diverged || is_last || converged;
    // What a GAN is at its end, it stays.
    const std::uint64_t last = ends_here ? std::uint64_t(result_.most_epochs) - 1 : epoch;
    for (std::uint64_t e = epoch; keeps_history && e <= last; ++e) keep_history(gan, e, now);
    if (!ends_here) return true;
    if (config_.gradient_samples > 0) {
      const float nan = std::numeric_limits<float>::quiet_NaN();
      now.nonzero_gradients = now.gradient_variance = nan;
      if (!diverged) look_at_gradients(now, (epoch + 1) * std::uint64_t(config_.steps_per_epoch));
      result_.nonzero_gradients[gan] = now.nonzero_gradients;
      result_.gradient_variance[gan] = now.gradient_variance;
    }
    result_.outcome[gan] = diverged ? gan_outcome::diverged : converged ? gan_outcome::converged : gan_outcome::end;
    result_.epochs[gan] = std::int64_t(epoch + 1);
    result_.steps[gan] = diverged ? std::int64_t(diverged_step) : std::int64_t(epoch + 1) * config_.steps_per_epoch;
    result_.total_variation[gan] = float(now.total_variation);
    result_.generator_loss[gan] = now.generator_loss;
    result_.discriminator_loss[gan] = now.discriminator_loss;
    state_.mark(gan, 1);
    return false;
  }
  // Whether goes_on() will ask what the GAN is.
  bool wants(std::uint64_t gan, std::uint64_t epoch, std::uint64_t diverged_step) const {
    return diverged_step > 0 || ends(gan, epoch) || gan < config_.history_gans || config_.until_total_variation >= 0;
  }
  // That it trained, once it has ended.
  std::int64_t epochs(std::uint64_t gan) const { return result_.epochs[gan]; }

 private:
  bool ends(std::uint64_t gan, std::uint64_t epoch) const {
    return epoch + 1 == std::uint64_t(value_of_gan(config_.epochs, gan));
  }
  void keep_history(std::uint64_t gan, std::uint64_t epoch, const sweep_evaluation& now) const {
    const std::uint64_t at = gan * std::uint64_t(result_.most_epochs) + epoch;
    const std::size_t classes = value_of_gan(config_.target, gan).size();
    for (std::size_t k = 0; k < classes; ++k)
      result_.history[at * unsigned(result_.most_classes) + k] = now.distribution[k];
    result_.history_total_variation[at] = float(now.total_variation);
    result_.history_generator_loss[at] = now.generator_loss;
    result_.history_discriminator_loss[at] = now.discriminator_loss;
  }

  const sweep_config& config_;
  training_state& state_;
  sweep_result& result_;
};

}  // namespace gumbelcuda
