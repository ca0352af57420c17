// SPDX-License-Identifier: Apache-2.0
// Sweeps whose GANs differ in everything, and the comparison of two results.
#pragma once

#include <gtest/gtest.h>

#include <ostream>
#include <vector>

#include "gumbelcuda/sweep.hpp"
#include "tests/gan/same_result.hpp"

namespace gumbelcuda {

inline void expect_same(const sweep_result& a, const sweep_result& b) {
  EXPECT_EQ(a.num_gans, b.num_gans);
  EXPECT_EQ(a.most_classes, b.most_classes);
  EXPECT_EQ(a.classes, b.classes);
  EXPECT_EQ(a.most_epochs, b.most_epochs);
  EXPECT_EQ(a.history_gans, b.history_gans);
  EXPECT_TRUE(same_bytes(a.distribution, b.distribution));
  EXPECT_TRUE(same_bytes(a.logits, b.logits));
  EXPECT_TRUE(same_bytes(a.total_variation, b.total_variation));
  EXPECT_TRUE(same_bytes(a.generator_loss, b.generator_loss));
  EXPECT_TRUE(same_bytes(a.discriminator_loss, b.discriminator_loss));
  EXPECT_TRUE(same_bytes(a.nonzero_gradients, b.nonzero_gradients));
  EXPECT_TRUE(same_bytes(a.gradient_variance, b.gradient_variance));
  EXPECT_TRUE(same_bytes(a.history, b.history));
  EXPECT_TRUE(same_bytes(a.history_total_variation, b.history_total_variation));
  EXPECT_TRUE(same_bytes(a.history_generator_loss, b.history_generator_loss));
  EXPECT_TRUE(same_bytes(a.history_discriminator_loss, b.history_discriminator_loss));
  EXPECT_EQ(a.outcome, b.outcome);
  EXPECT_EQ(a.epochs, b.epochs);
  EXPECT_EQ(a.steps, b.steps);
}

// GANs that differ in everything, so that neighbours in a vector do.
inline sweep_config mixed(float coldest = .25f) {
  sweep_config config;
  config.num_gans = config.history_gans = 41;
  config.steps_per_epoch = 3;
  config.gradient_samples = 6;
  config.target.clear();
  config.problem.clear();
  config.seed.clear();
  config.generator_learning_rate.clear();
  config.discriminator_learning_rate.clear();
  config.beta_1.clear();
  config.beta_2.clear();
  config.epsilon.clear();
  config.temperature.clear();
  config.batch_size.clear();
  config.epochs.clear();
  config.initial_logits.clear();
  config.generator_steps = {2};
  for (int i = 0; i < 41; ++i) {
    const int classes = i % 7 == 0 ? 4 : 3;
    std::vector<double> target(std::size_t(classes), 0);
    target[std::size_t(i) % 3] = .75;
    target[std::size_t(i + 1) % 3] = .25;
    config.target.push_back(target);
    gan_problem problem;
    problem.weight_clip = i % 3 == 0 ? .5f + .01f * float(i) : 0;
    problem.gradient_penalty = i % 2 == 0 ? .1f * float(i + 1) : 0;
    if (i % 5 == 1) {
      problem.hidden_layers = 2;
      problem.hidden_width[0] = 3;
      problem.hidden_width[1] = 4;
      problem.activation = gan_activation::tanh;
    }
    if (i % 5 == 2) problem.hidden_width[2] = 77;  // of no layer: not looked at
    problem.smoothing = gan_smoothing(i % 4);
    problem.smoothing_amount = .01f * float(i);
    config.problem.push_back(problem);
    config.seed.push_back(i % 2 ? 5 : 1234567890123456789u + unsigned(i));
    config.generator_learning_rate.push_back(.01f + .001f * float(i));
    config.discriminator_learning_rate.push_back(.02f + .001f * float(i));
    config.beta_1.push_back(.5 + .01 * i);
    config.beta_2.push_back(.9 + .001 * i);
    config.epsilon.push_back(1e-8f * float(i + 1));
    temperature_schedule schedule{schedule_shape(i % 3), 1 + i % 3, {{0, 8 * coldest}, {4, 4 * coldest}, {7, coldest}}};
    config.temperature.push_back(schedule);
    config.batch_size.push_back(3 + i % 2);
    config.epochs.push_back(1 + i % 4);
    config.initial_logits.push_back(std::vector<float>(std::size_t(classes), .1f * float(i)));
    config.initial_logits.back()[1] = -.5f;
  }
  return config;
}

// Each estimator, loss, optimiser, discriminator and order of data, on every instruction set.
struct problem_case {
  const char* name;
  gan_problem problem;
  bool data = false;
  data_order order = data_order::file;
  friend std::ostream& operator<<(std::ostream& out, const problem_case& c) { return out << c.name; }
};

// At a temperature of .01 or less vectors race.
inline sweep_config sweep_of(const problem_case& c, float temperature = .5f) {
  sweep_config config;
  config.num_gans = 9;
  config.gradient_samples = 5;
  config.problem = {c.problem};
  config.target = {{.1, .2, .3, .4}};
  if (c.data) config.data = {0, 1, 2, 3, 3, 2, 1, 3, 2, 3};
  config.order = c.order;
  config.temperature = {constant_temperature(temperature)};
  config.generator_learning_rate = config.discriminator_learning_rate = {.02f};
  config.epochs = {2};
  config.steps_per_epoch = 5;
  config.batch_size = {6};
  config.generator_steps = {2};
  return config;
}

inline gan_problem perceptron_of(int layers, gan_activation activation, float penalty = 0) {
  gan_problem problem;
  problem.hidden_layers = layers;
  for (int l = 0; l < layers; ++l) problem.hidden_width[l] = 7 - l;
  problem.activation = activation;
  problem.gradient_penalty = penalty;
  problem.initializer = gan_initializer::he_uniform;
  return problem;
}
inline gan_problem with_loss(gan_loss loss) {
  gan_problem problem;
  problem.loss = loss;
  return problem;
}
inline gan_problem with_estimator(gan_estimator estimator) {
  gan_problem problem = perceptron_of(1, gan_activation::leaky_relu);
  problem.estimator = estimator;
  problem.inner_samples = 3;
  return problem;
}
inline gan_problem with_optimizer(optimizer_kind optimizer) {
  gan_problem problem;
  problem.optimizer = optimizer;
  return problem;
}

inline std::vector<problem_case> every_problem() {
  return {problem_case{"one layer", perceptron_of(1, gan_activation::leaky_relu)},
          problem_case{"three layers, penalty", perceptron_of(3, gan_activation::tanh, 1)},
          problem_case{"two layers, penalty", perceptron_of(2, gan_activation::leaky_relu, 10)},
          problem_case{"saturating", with_loss(gan_loss::saturating)},
          problem_case{"hinge", with_loss(gan_loss::hinge)},
          problem_case{"wasserstein", with_loss(gan_loss::wasserstein)},
          problem_case{"straight-through", with_estimator(gan_estimator::straight_through)},
          problem_case{"gumbel_rao", with_estimator(gan_estimator::gumbel_rao)},
          problem_case{"score function", with_estimator(gan_estimator::score_function)},
          problem_case{"adam_pytorch", with_optimizer(optimizer_kind::adam_pytorch)},
          problem_case{"sgd", with_optimizer(optimizer_kind::sgd)},
          problem_case{"rmsprop", with_optimizer(optimizer_kind::rmsprop)},
          problem_case{"data", {}, true},
          problem_case{"shuffled", {}, true, data_order::shuffled},
          problem_case{"iid", {}, true, data_order::iid}};
}

}  // namespace gumbelcuda
