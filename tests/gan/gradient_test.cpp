// SPDX-License-Identifier: Apache-2.0
// Each update's gradient against central differences, in double, of the loss that it descends. The loss is implemented
// a second time here, with the standard library, on the same noise.
#include <gtest/gtest.h>

#include <algorithm>

#include "gumbelcuda/detail/gan/direct_gan.hpp"
#include "gumbelcuda/detail/gan/step.hpp"
#include "tests/gan/same_noise.hpp"

namespace gumbelcuda {
namespace {

constexpr std::uint64_t seed = 11, row = 5;

struct gradient_case {
  int classes, batch;
  double temperature;
};

class Gradient : public testing::TestWithParam<gradient_case> {
 protected:
  static constexpr int warm_up = 20, generator_steps = 2;
  using gan_type = direct_gan<double, int, int, stream_row>;

  int classes = GetParam().classes, batch = GetParam().batch;
  double temperature = GetParam().temperature;
  std::vector<double> target = std::vector<double>(std::size_t(classes), 1. / classes);
  std::vector<std::uint32_t> first_word, last_word;
  std::unique_ptr<gan_type> gan;

  // Trains a GAN for some steps, so that logits and weights differ from their start.
  void SetUp() override {
    double cumulative = 0;
    for (int k = 0; k < classes; ++k) {
      first_word.push_back(std::uint32_t(std::ceil(cumulative * 0x1p32)));
      cumulative += target[std::size_t(k)];
      last_word.push_back(k == classes - 1 ? ~0u : std::uint32_t(std::ceil(cumulative * 0x1p32)) - 1);
    }
    gan = std::make_unique<gan_type>(gan_shape<int, int>{classes, batch, generator_steps}, stream_row{seed, row},
                                     class_words{first_word.data(), last_word.data()},
                                     gan_hyperparameters<double>{.01, .01, temperature});
    gan->start();
    for (int step = 0; step < warm_up; ++step) train_step(*gan, std::uint64_t(step), generator_steps, {nullptr, 0});
    gan->begin_step(warm_up);
  }

  same_noise noise() const {
    same_noise n{seed, row, target, std::uint64_t(batch), generator_steps};
    n.step = warm_up;
    return n;
  }
  std::vector<double> sample(same_noise& n, const std::vector<double>& logits) const {
    std::vector<double> z = logits;
    for (double& value : z) value += n.gumbel(0);
    const double top = *std::max_element(z.begin(), z.end());
    double sum = 0;
    for (double& value : z) sum += value = std::exp((value - top) / temperature);
    for (double& value : z) value /= sum;
    return z;
  }
  double judge(const std::vector<double>& critic, const std::vector<double>& y) const {
    double l = critic[std::size_t(classes)];
    for (std::size_t k = 0; k < y.size(); ++k) l += critic[k] * y[k];
    return l;
  }
  std::vector<double> logits() const { return {gan->state().logits, gan->state().logits + classes}; }
  std::vector<double> critic() const { return {gan->state().weights, gan->state().weights + classes + 1}; }

  // Mean cross-entropy of the fake batch of update `update`, with label 1.
  double generator_loss(const std::vector<double>& at, int update) const {
    same_noise n = noise();
    n.gumbels = std::uint64_t(update + 1) * std::uint64_t(batch) * std::uint64_t(classes);
    double loss = 0;
    for (int i = 0; i < batch; ++i) loss += std::log1p(std::exp(-judge(critic(), sample(n, at)))) / batch;
    return loss;
  }
  // Mean cross-entropy of the real batch with label 1, plus that of the fake batch with label 0.
  double discriminator_loss(const std::vector<double>& at) const {
    same_noise n = noise();
    double loss = 0;
    for (int i = 0; i < batch; ++i) {
      std::vector<double> y(std::size_t(classes), 0.);
      y[n.real()] = 1;
      loss += std::log1p(std::exp(-judge(at, y))) / batch;
    }
    for (int i = 0; i < batch; ++i) loss += std::log1p(std::exp(judge(at, sample(n, logits())))) / batch;
    return loss;
  }

  // Central difference with step h: the truncation error is h²/6·f‴ with f‴ ≤ τ^-3, the rounding error 2^-52·f/h. With
  // h = 2e-6·τ, both are below 1e-9/τ.
  template <class Loss>
  void expect_gradient(const double* sums, double factor, std::vector<double> at, Loss loss) {
    const double h = 2e-6 * std::min(1., temperature);
    double largest = 0;
    for (std::size_t k = 0; k < at.size(); ++k) {
      auto up = at, down = at;
      up[k] += h;
      down[k] -= h;
      const double difference = (loss(up) - loss(down)) / (up[k] - down[k]);
      EXPECT_NEAR(sums[k] * factor, difference, 1e-9 / std::min(1., temperature)) << "parameter " << k;
      largest = std::max(largest, std::abs(difference));
    }
    EXPECT_GT(largest, 1e-5) << "a gradient of nothing proves nothing";
  }
};

TEST_P(Gradient, OfEachGeneratorUpdateIsTheDerivativeOfItsLoss) {
  for (int update = 0; update < generator_steps; ++update) {
    const double* sums = gan->generator_sums(update);
    expect_gradient(sums, 1 / (temperature * batch), logits(),
                    [&](const std::vector<double>& at) { return generator_loss(at, update); });
  }
}

TEST_P(Gradient, OfTheDiscriminatorUpdateIsTheDerivativeOfItsLoss) {
  const double* sums = gan->discriminator_sums();
  expect_gradient(sums, 1. / batch, critic(), [&](const std::vector<double>& at) { return discriminator_loss(at); });
}

INSTANTIATE_TEST_SUITE_P(ShapesAndTemperatures, Gradient,
                         testing::Values(gradient_case{5, 10, .5}, gradient_case{5, 10, .05}, gradient_case{2, 3, 1.},
                                         gradient_case{17, 20, .5}, gradient_case{3, 40, .1}));

}  // namespace
}  // namespace gumbelcuda
