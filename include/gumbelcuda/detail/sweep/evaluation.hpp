// SPDX-License-Identifier: Apache-2.0
// What a GAN of a sweep is, computed from its state in the same way on every backend.
#pragma once

#include "gumbelcuda/detail/gan/result.hpp"
#include "gumbelcuda/detail/sweep/losses.hpp"
#include "gumbelcuda/detail/sweep/perceptron.hpp"
#include "gumbelcuda/detail/sweep/task.hpp"

GUMBELCUDA_MATH_BEGIN

// state: the GAN's numbers, const float* or strided<float>. The losses are those of one-hot samples, the limit τ → 0
// (detail/gan/model.hpp).
template <int MostClasses, class P>
GUMBELCUDA_INLINE void evaluate_gan(const sweep_task& task, std::uint32_t target, P state, sweep_evaluation& out) {
  constexpr std::size_t most = std::size_t(MostClasses);
  const int classes = task.shape.classes;
  const gan_loss loss = task.shape.problem.loss;
  const double* probabilities = task.probabilities + std::uint64_t(target) * unsigned(classes);
  float learned[most], generator[most], real[most], fake[most], h[std::size_t(max_units)];
  float row[most + 1];
  for (int k = 0; k < classes; ++k) {
    row[k] = state[k];
    out.logits[k] = canonical(row[k]);
  }
  tempered_softmax(static_cast<const float*>(row), learned, 1.0f, classes);
  // From here on the weights of logistic regression.
  const bool is_logistic = task.shape.problem.hidden_layers == 0;
  for (int k = 0; is_logistic && k <= classes; ++k) row[k] = state[classes + k];
  float one_hot[most] = {};
  const sweep_shape shape(task.shape);
  const perceptron<float, P> network(shape, state + classes, classes);
  double distance = 0;
  for (int k = 0; k < classes; ++k) {
    out.distribution[k] = canonical(learned[k]);
    distance += ::fabs(double(out.distribution[k]) - probabilities[k]);
    one_hot[k] = 1;
    const float s = is_logistic ? judge<float>(row, one_hot, classes) : network.judge(one_hot, h);
    one_hot[k] = 0;
    generator[k] = generator_loss(loss, s);
    real[k] = real_loss(loss, s);
    fake[k] = fake_loss(loss, s);
  }
  out.total_variation = distance / 2;
  out.generator_loss = canonical(ordered_sum<float>(classes, [&](int k) { return learned[k] * generator[k]; }));
  const float of_fake = ordered_sum<float>(classes, [&](int k) { return learned[k] * fake[k]; });
  const float of_real = ordered_sum<float>(classes, [&](int k) { return float(probabilities[k]) * real[k]; });
  out.discriminator_loss = canonical(of_real + of_fake);
}

GUMBELCUDA_MATH_END
