// SPDX-License-Identifier: Apache-2.0
// The first 1,001 updates of a GAN, one by one, against the reference program on the same noise.
#include <gtest/gtest.h>

#include "gumbelcuda/detail/gan/direct_gan.hpp"
#include "gumbelcuda/detail/gan/step.hpp"
#include "gumbelcuda/detail/gan/training_constants.hpp"
#include "gumbelcuda/fleet.hpp"
#include "tests/gan/same_noise.hpp"
#include "tests/reference/toy_gan.hpp"

namespace {

constexpr int steps = 91;  // 91 discriminator + 910 generator updates
constexpr std::uint64_t seed = 7, row = 3;

using reference_gan = reference::toy_gan<same_noise>;

reference_gan make_reference(const reference::settings& s) {
  same_noise noise{seed, row, s.target, std::uint64_t(s.batch_size), std::uint64_t(s.generator_steps)};
  return {s, noise, noise.initial_weights()};
}

void run(reference_gan& gan, int count) {
  for (int i = 0; i < count; ++i) {
    gan.noise.begin_step();
    gan.step();
  }
}

double distance(const reference_gan& a, const std::vector<double>& logits, const std::vector<double>& critic) {
  double worst = 0;
  for (std::size_t k = 0; k < logits.size(); ++k) worst = std::max(worst, std::abs(a.logits[k] - logits[k]));
  for (std::size_t k = 0; k < critic.size(); ++k) worst = std::max(worst, std::abs(a.critic[k] - critic[k]));
  return worst;
}

// At small temperatures, training amplifies any difference: a logit that moves by δ changes a near tie's sample by δ/τ.
// This measures the amplification on the reference itself, started with logits moved by ±`shift`.
double sensitivity(const reference::settings& s, double shift) {
  reference_gan plain = make_reference(s);
  run(plain, steps);
  double worst = 0;
  for (int trial = 0; trial < 8; ++trial) {
    reference_gan moved = make_reference(s);
    for (std::size_t k = 0; k < moved.logits.size(); ++k) moved.logits[k] += (trial >> (k % 3) & 1 ? shift : -shift);
    run(moved, steps);
    worst = std::max(worst, distance(plain, moved.logits, moved.critic));
  }
  return worst;
}

class Temperature : public testing::TestWithParam<double> {
 protected:
  reference::settings settings() const {
    reference::settings s;
    s.temperature = GetParam();
    return s;
  }
};

// In double, both compute the same real numbers in another order. Roundings of 2^-53 amount to 2^-48 of scores up to
// 32, and the reference loses three more bits where it subtracts the mean near one-hot samples (tempered_softmax_vjp
// does not).
TEST_P(Temperature, TheDoubleLaneTrainsAsTheReferenceDoes) {
  using namespace gumbelcuda;
  const reference::settings s = settings();
  reference_gan expected = make_reference(s);
  run(expected, steps);

  const training_constants constants{s.target};
  direct_gan<double, fixed<5>, fixed<10>, stream_row> gan({{}, {}, s.generator_steps}, stream_row{seed, row},
                                                          constants.real_words(),
                                                          {s.learning_rate, s.learning_rate, s.temperature});
  gan.start();
  // train_step's corrections are float, so that the backends agree; here they must not round.
  double g1 = 1, g2 = 1, d1 = 1, d2 = 1;
  for (int step = 0; step < steps; ++step) {
    gan.begin_step(std::uint64_t(step));
    const auto exact = [](double& p1, double& p2) {
      p1 *= .9, p2 *= .999;
      return std::sqrt(1 - p2) / (1 - p1);
    };
    gan.update_discriminator(gan.discriminator_sums(), exact(d1, d2));
    for (int update = 0; update < s.generator_steps; ++update)
      gan.update_generator(gan.generator_sums(update), exact(g1, g2));
  }
  const auto& state = gan.state();
  const double difference = distance(expected, {state.logits, state.logits + 5}, {state.weights, state.weights + 6});
  EXPECT_LT(difference, 4 * sensitivity(s, 0x1p-45));
}

// In float, a score has an error of up to 2.5e-7·max(1, |g|) + 2^-24·|z|, together below 2^-20 for |g| < 4, which holds
// for nearly every sample. Over 1,001 updates at τ = 0.001, training amplifies that to the size of the logits' own
// movement: the bound is how far the reference moves under such a shift. So this comparison says little for τ below
// 0.01; the next test checks every update by itself.
TEST_P(Temperature, TheLibraryTrainsAsTheReferenceDoes) {
  const reference::settings s = settings();
  reference_gan expected = make_reference(s);
  run(expected, steps);

  gumbelcuda::fleet_config config;
  config.epochs = 1;
  config.steps_per_epoch = steps;
  config.temperature = {float(s.temperature)};
  config.seed = seed;
  config.first_gan = row;
  const gumbelcuda::fleet_result result = gumbelcuda::train_fleet(config);
  std::vector<double> logits(result.logits.begin(), result.logits.end());
  std::vector<double> critic(result.weights.begin(), result.weights.end());
  critic.push_back(result.bias[0]);
  const double difference = distance(expected, logits, critic), bound = 4 * sensitivity(s, 0x1p-20);
  EXPECT_LT(difference, bound);
  if (s.temperature < .01) return;
  double moved = 0;
  for (const double logit : logits) moved = std::max(moved, std::abs(logit - 1));
  EXPECT_LT(bound, .001 * moved) << "the comparison would say little";
}

// Every update starts from the state that the float lane has reached. The bound is how much the reference's own update
// changes when the logits move by ±2^-20, the error of a score, in four patterns of signs; four times that, and the
// rounding of parameters below 4.
TEST_P(Temperature, EveryUpdateOfTheFloatLaneIsTheReferencesUpdate) {
  using namespace gumbelcuda;
  const reference::settings s = settings();
  reference_gan expected = make_reference(s);
  const training_constants constants{s.target};
  const adam_corrections correction = constants.corrections();
  direct_gan<float, fixed<5>, fixed<10>, stream_row> gan(
      {{}, {}, s.generator_steps}, stream_row{seed, row}, constants.real_words(),
      {float(s.learning_rate), float(s.learning_rate), float(s.temperature)});

  gan.start();
  const auto& state = gan.state();
  const auto copy_state = [&] {
    expected.logits.assign(state.logits, state.logits + 5);
    expected.critic.assign(state.weights, state.weights + 6);
    expected.generator_adam.m.assign(state.logits_m, state.logits_m + 5);
    expected.generator_adam.v.assign(state.logits_v, state.logits_v + 5);
    expected.critic_adam.m.assign(state.weights_m, state.weights_m + 6);
    expected.critic_adam.v.assign(state.weights_v, state.weights_v + 6);
  };
  int sharp = 0, updates = 0;
  const auto check = [&](void (reference_gan::*update)()) {
    const reference_gan before = expected;
    (expected.*update)();
    double bound = 0x1p-23;
    for (int pattern = 0; pattern < 4; ++pattern) {
      reference_gan moved = before;
      for (std::size_t k = 0; k < 5; ++k) moved.logits[k] += k >> (pattern % 2) & 1 ? 0x1p-20 : -0x1p-20;
      if (pattern >= 2) moved.logits[std::size_t(pattern)] = before.logits[std::size_t(pattern)] + 0x1p-20;
      const std::vector<double> start = moved.logits;
      (moved.*update)();
      for (std::size_t k = 0; k < 5; ++k)  // the change by the update, without the shift
        bound = std::max(bound, 4 * std::abs((moved.logits[k] - start[k]) - (expected.logits[k] - before.logits[k])));
      for (std::size_t k = 0; k < 6; ++k) bound = std::max(bound, 4 * std::abs(moved.critic[k] - expected.critic[k]));
    }
    sharp += bound < .01 * s.learning_rate;
    ++updates;
    return bound;
  };
  const auto difference = [&] {
    return distance(expected, {state.logits, state.logits + 5}, {state.weights, state.weights + 6});
  };
  std::uint64_t t = 0;
  for (int step = 0; step < steps; ++step) {
    expected.noise.begin_step();
    gan.begin_step(std::uint64_t(step));
    copy_state();
    double bound = check(&reference_gan::update_critic);
    gan.update_discriminator(gan.discriminator_sums(), correction(std::uint64_t(step) + 1));
    ASSERT_LT(difference(), bound) << "discriminator, step " << step;
    for (int update = 0; update < s.generator_steps; ++update) {
      copy_state();
      bound = check(&reference_gan::update_generator);
      gan.update_generator(gan.generator_sums(update), correction(++t));
      ASSERT_LT(difference(), bound) << "generator, step " << step << " update " << update;
    }
  }
  EXPECT_GT(sharp, .8 * updates) << "bounds that large would say little";
}

INSTANTIATE_TEST_SUITE_P(HardAndSoft, Temperature, testing::Values(1e-3, 1e-2, .1, .5, 2.));

}  // namespace
