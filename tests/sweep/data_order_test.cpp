// SPDX-License-Identifier: Apache-2.0
// Shuffled data, seen from outside: in each pass every sample once, in an order of the pass's and of the GAN's own.
//
// The data are n classes, each once. The discriminator is linear in its real samples (Wasserstein, logistic, SGD
// without momentum), and the generator stays where it is. So after a whole pass the order has no part in the
// discriminator, and before it has. What is seen of it is the generator's loss, −Σ p_k·w_k: it tells any two classes
// apart, p being different for all.
#include <gtest/gtest.h>

#include <cmath>

#include "gumbelcuda/sweep.hpp"

namespace gumbelcuda {
namespace {

// n classes; the batch ends with a pass every `steps` steps.
struct shape {
  int n, steps;
};

class Shuffled : public testing::TestWithParam<shape> {
 protected:
  static constexpr int batch = 4, gans = 3, periods = 4;
  int n = GetParam().n, steps = GetParam().steps;

  // [gan][step]
  std::vector<float> losses(data_order order) const {
    sweep_config config;
    config.num_gans = config.history_gans = gans;
    config.target = {std::vector<double>(std::size_t(n), 1. / n)};
    config.order = order;
    config.initial_logits = {{}};
    for (int k = 0; k < n; ++k) {
      config.data.push_back(std::uint32_t(k));
      config.initial_logits[0].push_back(2.f * float(k) / float(n));
    }
    config.problem[0].loss = gan_loss::wasserstein;
    config.problem[0].optimizer = optimizer_kind::sgd;
    config.problem[0].estimator = gan_estimator::straight_through;
    config.beta_1 = {0};
    config.generator_learning_rate = {1e-30f};
    config.discriminator_learning_rate = {1};
    config.batch_size = {batch};
    config.generator_steps = {1};
    config.epochs = {steps * periods};
    config.steps_per_epoch = 1;
    return train_sweep(config).history_generator_loss;
  }
};

// Probabilities are .31/n to 2.3/n, in steps of 2/n of themselves: one sample instead of another moves the loss by
// .25·.62/n² at least, 1.5e-4 for n = 32. The loss, of size 3 at most, has an error of n roundings of weights below 4.
TEST_P(Shuffled, ShowsEverySampleOnceInAPassAndInAnotherOrderInEach) {
  const std::vector<float> shuffled = losses(data_order::shuffled), in_order = losses(data_order::file);
  for (int gan = 0; gan < gans; ++gan) {
    std::vector<double> early;
    for (int period = 0; period < periods; ++period) {
      const auto moved = [&](int step) {
        const std::size_t at = std::size_t((gan * periods + period) * steps + step);
        return double(shuffled[at]) - double(in_order[at]);
      };
      EXPECT_NEAR(moved(steps - 1), 0, 2e-5) << "GAN " << gan << ", period " << period;
      early.push_back(moved(steps / 4 - 1));
      for (int before = 0; before < period; ++before) {
        EXPECT_GT(std::abs(early[std::size_t(before)] - early.back()), 1e-4) << "GAN " << gan;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, Shuffled, testing::Values(shape{32, 8}, shape{30, 15}));

}  // namespace
}  // namespace gumbelcuda
