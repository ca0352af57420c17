// SPDX-License-Identifier: Apache-2.0
// The article's toy GAN as anyone would write it: scalar, double precision, std::log, one loop after another. It shares
// no code with the library, so that it can serve as an independent reference in tests and as the baseline of
// benchmarks. Only the source of noise is a parameter: `gumbel(k)` returns the next Gumbel variate for class k,
// `real()` the class of the next sample of the target.
#pragma once

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace reference {

struct settings {
  std::vector<double> target{0, 0, .1, .3, .6};
  int epochs = 200, steps_per_epoch = 100, batch_size = 10, generator_steps = 10;
  double learning_rate = 7e-4, temperature = 1e-3;
};

struct adam {
  std::vector<double> m, v;
  double power1 = 1, power2 = 1;  // beta_1^t, beta_2^t
  explicit adam(size_t size) : m(size), v(size) {}
  void update(std::vector<double>& theta, const std::vector<double>& gradient, double learning_rate) {
    power1 *= .9, power2 *= .999;
    const double rate = learning_rate * std::sqrt(1 - power2) / (1 - power1);
    for (size_t i = 0; i < theta.size(); ++i) {
      m[i] = .9 * m[i] + .1 * gradient[i];
      v[i] = .999 * v[i] + .001 * gradient[i] * gradient[i];
      theta[i] -= rate * m[i] / (std::sqrt(v[i]) + 1e-8);
    }
  }
};

// In place, so that no loop below allocates memory.
inline void softmax(std::vector<double>& x, double temperature) {
  const double top = *std::max_element(x.begin(), x.end());
  double sum = 0;
  for (double& value : x) sum += value = std::exp((value - top) / temperature);
  for (double& value : x) value /= sum;
}

inline double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

template <class Noise>
struct toy_gan {
  settings s;
  Noise noise;
  size_t classes = s.target.size();
  std::vector<double> logits = std::vector<double>(classes, 1.), critic;  // critic: K weights, bias
  std::vector<double> y = logits, generator_gradient = logits, critic_gradient;
  adam generator_adam{classes}, critic_adam{classes + 1};

  toy_gan(settings s_, Noise noise_, std::vector<double> weights) : s(s_), noise(noise_), critic(weights) {
    critic.push_back(0);
    critic_gradient = critic;
  }
  void draw_fake() {
    for (size_t k = 0; k < classes; ++k) y[k] = logits[k] + noise.gumbel(k);
    softmax(y, s.temperature);
  }
  void draw_real() {
    std::fill(y.begin(), y.end(), 0.);
    y[noise.real()] = 1;
  }
  double judge() const {
    double l = critic[classes];
    for (size_t k = 0; k < classes; ++k) l += critic[k] * y[k];
    return l;
  }
  void update_critic() {
    std::fill(critic_gradient.begin(), critic_gradient.end(), 0.);
    for (int real = 1; real >= 0; --real)
      for (int i = 0; i < s.batch_size; ++i) {
        real ? draw_real() : draw_fake();
        const double d = (sigmoid(judge()) - real) / s.batch_size;
        for (size_t k = 0; k < classes; ++k) critic_gradient[k] += d * y[k];
        critic_gradient[classes] += d;
      }
    critic_adam.update(critic, critic_gradient, s.learning_rate);
  }
  void update_generator() {
    std::fill(generator_gradient.begin(), generator_gradient.end(), 0.);
    for (int i = 0; i < s.batch_size; ++i) {
      draw_fake();
      const double l = judge(), d = (sigmoid(l) - 1) / s.batch_size;
      for (size_t k = 0; k < classes; ++k)
        generator_gradient[k] += d * y[k] * (critic[k] - (l - critic[classes])) / s.temperature;
    }
    generator_adam.update(logits, generator_gradient, s.learning_rate);
  }
  void step() {
    update_critic();
    for (int i = 0; i < s.generator_steps; ++i) update_generator();
  }
  std::vector<double> train() {
    for (int i = 0; i < s.epochs * s.steps_per_epoch; ++i) step();
    auto p = logits;
    softmax(p, 1);
    return p;
  }
};

// The noise of a plain program: the standard library's engine and -log(-log u).
struct standard_noise {
  std::mt19937_64 engine;
  std::discrete_distribution<size_t> target;
  std::uniform_real_distribution<double> uniform{0, 1};
  standard_noise(unsigned long seed, const std::vector<double>& p) : engine(seed), target(p.begin(), p.end()) {}
  double gumbel(size_t) { return -std::log(-std::log(uniform(engine))); }
  size_t real() { return target(engine); }
};

inline toy_gan<standard_noise> make_toy_gan(const settings& s, unsigned long seed) {
  standard_noise noise(seed, s.target);
  const double limit = std::sqrt(6. / double(s.target.size() + 1));
  std::uniform_real_distribution<double> glorot(-limit, limit);
  std::vector<double> weights(s.target.size());
  for (double& w : weights) w = glorot(noise.engine);
  return {s, noise, weights};
}

}  // namespace reference
