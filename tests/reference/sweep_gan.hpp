// SPDX-License-Identifier: Apache-2.0
// A GAN of a sweep as anyone would write it from the definitions (gumbelcuda/gan_problem.hpp, gumbelcuda/sweep.hpp,
// docs/noise-stream.md, and the papers that they name): scalar, in double, one sample after another, and without
// backpropagation. Its gradients are those of dual numbers, which follow from the losses alone. It shares no code with
// the library.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "tests/reference/dual.hpp"
#include "tests/reference/sweep_noise.hpp"

namespace reference {

enum class activation { leaky_relu, tanh };
enum class initializer { glorot_uniform, he_uniform };
enum class gan_loss { non_saturating, saturating, hinge, wasserstein };
enum class estimator { relaxed, straight_through, gumbel_rao, score_function };
enum class optimizer_kind { adam, adam_pytorch, sgd, rmsprop };
enum class smoothing_kind { none, gumbel_softmax, label, normal };
enum class schedule_shape { linear, exponential, cosine };

struct schedule {
  schedule_shape shape = schedule_shape::linear;
  std::vector<double> step{0}, temperature{1};
  double at(double t) const {
    if (t <= step.front()) return temperature.front();
    if (t >= step.back()) return temperature.back();
    std::size_t i = 0;
    while (t >= step[i + 1]) ++i;
    const double a = temperature[i], b = temperature[i + 1], share = (t - step[i]) / (step[i + 1] - step[i]);
    if (shape == schedule_shape::exponential) return a * std::pow(b / a, share);
    if (shape == schedule_shape::cosine) return b + (a - b) * (1 + std::cos(std::acos(-1.) * share)) / 2;
    return a * (1 - share) + b * share;
  }
};

struct sweep_settings {
  std::vector<double> target, initial_logits;
  std::vector<std::uint32_t> data{};  // instead of samples of the target; in their order, or independent ones
  bool independent_data = false;
  std::vector<std::size_t> hidden{};  // widths
  activation act = activation::leaky_relu;
  initializer init = initializer::glorot_uniform;
  gan_loss loss = gan_loss::non_saturating;
  double weight_clip = 0, gradient_penalty = 0;
  estimator how = estimator::relaxed;
  std::size_t inner_samples = 10;
  optimizer_kind optimizer = optimizer_kind::adam;
  smoothing_kind smoothing = smoothing_kind::none;
  double smoothing_amount = 0;
  double generator_rate = 7e-4, discriminator_rate = 7e-4, beta_1 = .9, beta_2 = .999, epsilon = 1e-8;
  schedule temperature{};
  std::size_t batch = 10, generator_steps = 10;
};

// Where the program's functions are not continuous, or their derivatives are not. A program that computes in less
// precision makes the same decisions if `nearest` is well above its errors.
struct edges {
  double nearest = std::numeric_limits<double>::infinity();
  std::uint64_t above = 0, below = 0, decisions = 0;  // decisions: a fingerprint of all
  void note(double distance, std::uint64_t choice) {
    nearest = std::min(nearest, std::abs(distance));
    (distance > 0 ? above : below) += 1;
    decisions = (decisions ^ choice) * 0x9E3779B97F4A7C15u + 1;
  }
  void note(double distance) { note(distance, distance > 0); }
};

// The discriminator: parameters layer after layer, of each its rows of weights and then its biases.
struct network {
  std::size_t inputs = 0;
  std::vector<std::size_t> hidden{};
  activation act = activation::leaky_relu;

  template <class Each>  // each(inputs, outputs)
  void layers(const Each& each) const {
    std::size_t before = inputs;
    for (const std::size_t width : hidden) each(before, width), before = width;
    each(before, std::size_t(1));
  }
  std::size_t size() const {
    std::size_t n = 0;
    layers([&](std::size_t in, std::size_t out) { n += (in + 1) * out; });
    return n;
  }
  template <class N>
  N activate(const N& x, edges* seen) const {
    using std::tanh;
    if (act == activation::tanh) return tanh(x);
    if (seen) seen->note(plain(x));
    return plain(x) > 0 ? x : x / N(5);
  }
  // s(x)
  template <class N>
  N score(const std::vector<N>& theta, std::vector<N> x, edges* seen = nullptr) const {
    std::size_t at = 0, layer = 0;
    layers([&](std::size_t in, std::size_t out) {
      std::vector<N> next;
      for (std::size_t unit = 0; unit < out; ++unit) {
        N a = theta[at + in * out + unit];
        for (std::size_t i = 0; i < in; ++i) a = a + theta[at + unit * in + i] * x[i];
        next.push_back(layer < hidden.size() ? activate(a, seen) : a);
      }
      x = next;
      at += (in + 1) * out;
      ++layer;
    });
    return x[0];
  }
};

template <class N>
N softplus(const N& x) {
  using std::exp, std::log1p;
  return plain(x) > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
}
template <class N>
N at_least_0(const N& x) {
  return plain(x) > 0 ? x : N(0);
}
// Of a real sample and a fake one with the score s: the discriminator's losses and the generator's.
template <class N>
N real_loss(gan_loss loss, const N& s) {
  if (loss == gan_loss::hinge) return at_least_0(N(1) - s);
  return loss == gan_loss::wasserstein ? -s : softplus(-s);
}
template <class N>
N fake_loss(gan_loss loss, const N& s) {
  if (loss == gan_loss::hinge) return at_least_0(N(1) + s);
  return loss == gan_loss::wasserstein ? s : softplus(s);
}
template <class N>
N generator_loss(gan_loss loss, const N& s) {
  if (loss == gan_loss::non_saturating) return softplus(-s);
  if (loss == gan_loss::saturating) return -softplus(s);
  return -s;
}

// (‖∇s(x)‖ − 1)²
template <class N>
N penalty(const network& net, const std::vector<N>& theta, const std::vector<double>& x) {
  using std::sqrt;
  const std::vector<dual<N>> fixed = constants<dual<N>>(theta);
  N square(0);
  for (const N& slope : gradient([&](const std::vector<dual<N>>& at) { return net.score(fixed, at); }, constants<N>(x)))
    square = square + slope * slope;
  const N excess = sqrt(square) - N(1);
  return excess * excess;
}

// softmax(u)
template <class N>
std::vector<N> softmax_of(std::vector<N> u) {
  using std::exp;
  double top = plain(u[0]);
  for (const N& value : u) top = std::max(top, plain(value));
  N sum(0);
  for (N& value : u) value = exp(value - N(top)), sum = sum + value;
  for (N& value : u) value = value / sum;
  return u;
}

inline std::size_t argmax(const std::vector<double>& z) {
  return std::size_t(std::max_element(z.begin(), z.end()) - z.begin());
}

inline std::vector<double> one_hot(std::size_t k, std::size_t classes) {
  std::vector<double> x(classes);
  x[k] = 1;
  return x;
}

// softmax(z/τ); at τ = 0 its limit.
inline std::vector<double> soften(std::vector<double> z, double temperature) {
  if (temperature == 0) return one_hot(argmax(z), z.size());
  for (double& value : z) value /= temperature;
  return softmax_of(z);
}

// Σ_j v_j·∂y_j/∂(z_k/τ) for every k, y = softmax(z/τ).
inline std::vector<double> through_softmax(const std::vector<double>& v, std::vector<double> z, double temperature) {
  for (double& value : z) value /= temperature;
  return gradient(
      [&](const std::vector<dual<double>>& u) {
        const std::vector<dual<double>> y = softmax_of(u);
        dual<double> sum;
        for (std::size_t j = 0; j < v.size(); ++j) sum = sum + dual<double>(v[j]) * y[j];
        return sum;
      },
      z);
}

// ℓ(x)·(x − p), less for ℓ the mean of the other samples'. x: a class of each sample.
inline std::vector<double> score_function_sum(const std::vector<std::size_t>& x, const std::vector<double>& losses,
                                              const std::vector<double>& p) {
  std::vector<double> sum(p.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    double baseline = 0;
    for (std::size_t j = 0; j < x.size(); ++j)
      if (j != i) baseline += losses[j] / double(x.size() - 1);
    for (std::size_t k = 0; k < p.size(); ++k) sum[k] += (losses[i] - baseline) * ((k == x[i]) - p[k]);
  }
  return sum;
}

struct optimizer {
  optimizer_kind kind;
  double beta_1, beta_2, epsilon;
  std::vector<double> m, v;
  int t = 0;
  optimizer(const sweep_settings& s, std::size_t size)
      : kind(s.optimizer), beta_1(s.beta_1), beta_2(s.beta_2), epsilon(s.epsilon), m(size), v(size) {}

  void update(std::vector<double>& theta, const std::vector<double>& g, double rate) {
    ++t;
    const double correction_1 = 1 - std::pow(beta_1, t), correction_2 = 1 - std::pow(beta_2, t);
    for (std::size_t i = 0; i < theta.size(); ++i) {
      switch (kind) {
        case optimizer_kind::adam:
        case optimizer_kind::adam_pytorch:
          m[i] = beta_1 * m[i] + (1 - beta_1) * g[i];
          v[i] = beta_2 * v[i] + (1 - beta_2) * g[i] * g[i];
          theta[i] -= kind == optimizer_kind::adam
                          ? rate * std::sqrt(correction_2) / correction_1 * m[i] / (std::sqrt(v[i]) + epsilon)
                          : rate * (m[i] / correction_1) / (std::sqrt(v[i] / correction_2) + epsilon);
          break;
        case optimizer_kind::sgd:
          m[i] = beta_1 * m[i] + g[i];
          theta[i] -= rate * m[i];
          break;
        case optimizer_kind::rmsprop:
          v[i] = beta_2 * v[i] + (1 - beta_2) * g[i] * g[i];
          theta[i] -= rate * g[i] / (std::sqrt(v[i]) + epsilon);
      }
    }
  }
};

// The errors of float, made on purpose: a program that computes in float does something of this size at these places.
// tests/sweep/reference_test.cpp measures by it how far training takes such errors. Size 0: none.
struct tremor {
  double size = 0;
  std::minstd_rand hand{};
  double operator()(double x) { return size > 0 ? (hand() % 2 ? size : -size) * std::max(1., std::abs(x)) : 0; }
};

struct sweep_gan {
  sweep_settings s;
  sweep_noise noise;
  std::size_t classes = s.target.size();
  network net{classes, s.hidden, s.act};
  std::vector<double> logits = s.initial_logits, critic = initial_critic();
  optimizer generator_optimizer{s, classes}, critic_optimizer{s, critic.size()};
  std::uint64_t t = 0;
  edges hinges{}, kinks{}, ties{};  // of the hinge loss, of leaky units, of the largest z
  tremor shake{};

  sweep_gan(const sweep_settings& settings, const sweep_noise::word_source& word)
      : s(settings), noise{word, s.target.size(), s.batch, s.generator_steps, s.inner_samples} {}

  std::vector<double> initial_critic() const {
    std::vector<double> theta;
    std::uint64_t n = 0;
    net.layers([&](std::size_t in, std::size_t out) {
      const double limit = std::sqrt(6. / double(s.init == initializer::he_uniform ? in : in + out));
      for (std::size_t i = 0; i < in * out; ++i, ++n)
        theta.push_back(limit * (s.hidden.empty() ? noise.logistic_weight(n) : noise.perceptron_weight(n)));
      theta.resize(theta.size() + out);
    });
    return theta;
  }

  bool hard() const { return s.how != estimator::relaxed; }
  double temperature() const { return s.temperature.at(double(t)); }

  // z of the step's fake sample n.
  std::vector<double> perturbed(std::uint64_t n) {
    std::vector<double> z = logits;
    for (std::size_t k = 0; k < classes; ++k) {
      const double gumbel = noise.fake_gumbel(t, n, k);
      z[k] += gumbel + shake(gumbel);
    }
    std::vector<double> sorted = z;
    std::sort(sorted.begin(), sorted.end());
    if (hard() || temperature() == 0) ties.note(sorted[classes - 1] - sorted[classes - 2], argmax(z));
    return z;
  }
  // What the discriminator sees of it.
  std::vector<double> shown(const std::vector<double>& z) const {
    return hard() ? one_hot(argmax(z), classes) : soften(z, temperature());
  }

  std::size_t real_class(std::uint64_t i) const {
    const std::uint32_t word = noise.real(t, i);
    const std::uint64_t size = s.data.size();
    if (size && s.independent_data) return s.data[word * size >> 32];
    if (size) return s.data[((noise.data_start() * size >> 32) + t * s.batch + i) % size];
    double sum = 0;
    for (std::size_t k = 0; k < classes; ++k)
      if (word < std::round((sum += s.target[k]) * 0x1p32)) return k;
    return classes - 1;
  }
  std::vector<double> real_sample(std::uint64_t i) {
    const std::size_t k = real_class(i);
    std::vector<double> x = one_hot(k, classes);
    const auto word = [&](std::size_t j) { return noise.smoothing(t, i, j); };
    if (s.smoothing == smoothing_kind::gumbel_softmax) {
      std::vector<double> z = gumbels_given_argmax(std::vector<double>(classes), k, word);
      for (double& value : z) value += shake(value);
      return soften(z, temperature());
    }
    for (std::size_t j = 0; j < classes; ++j) {
      if (s.smoothing == smoothing_kind::label)
        x[j] = (1 - s.smoothing_amount) * x[j] + s.smoothing_amount / double(classes);
      if (s.smoothing == smoothing_kind::normal) x[j] += s.smoothing_amount * (normal(word(j)) + shake(1));
    }
    return x;
  }

  // The gradient of Σ over samples of what the discriminator minimises; the mean is a B-th of it.
  std::vector<double> critic_gradient() {
    std::vector<double> sum(critic.size());
    const auto add = [&](const std::vector<double>& term, double factor) {
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += factor * term[i];
    };
    for (std::uint64_t i = 0; i < s.batch; ++i) {
      const std::vector<double> real = real_sample(i), fake = shown(perturbed(i));
      for (const bool is_real : {true, false}) {
        const std::vector<double>& x = is_real ? real : fake;
        const double score = net.score(critic, x, &kinks);
        if (s.loss == gan_loss::hinge) hinges.note(is_real ? 1 - score : 1 + score);
        const dual<double> error(shake(score));
        add(gradient(
                [&](const std::vector<dual<double>>& theta) {
                  const dual<double> judged = net.score(theta, constants<dual<double>>(x)) + error;
                  return is_real ? real_loss(s.loss, judged) : fake_loss(s.loss, judged);
                },
                critic),
            1);
      }
      if (s.gradient_penalty > 0) {
        const double weight = noise.penalty_weight(t, i);
        std::vector<double> between;
        for (std::size_t k = 0; k < classes; ++k) between.push_back(weight * real[k] + (1 - weight) * fake[k]);
        net.score(critic, between, &kinks);
        add(gradient([&](const std::vector<dual<double>>& theta) { return penalty(net, theta, between); }, critic),
            s.gradient_penalty);
      }
    }
    return sum;
  }

  double judge(const std::vector<double>& x) {
    const double score = net.score(critic, x, &kinks);
    return score + shake(score);
  }
  // Of the generator's loss with respect to what the discriminator sees.
  std::vector<double> loss_gradient(const std::vector<double>& x) {
    const std::vector<dual<double>> fixed = constants<dual<double>>(critic);
    const dual<double> error(judge(x) - net.score(critic, x));
    return gradient(
        [&](const std::vector<dual<double>>& at) { return generator_loss(s.loss, net.score(fixed, at) + error); }, x);
  }
  std::vector<double> generator_gradient(std::uint64_t update) {
    std::vector<double> sum(classes), losses;
    std::vector<std::size_t> drawn;
    const double tau = temperature();
    for (std::uint64_t i = 0; i < s.batch; ++i) {
      const std::vector<double> z = perturbed((1 + update) * s.batch + i), x = shown(z);
      if (s.how == estimator::score_function) {
        losses.push_back(generator_loss(s.loss, judge(x)));
        drawn.push_back(argmax(z));
        continue;
      }
      if (tau == 0) continue;
      const std::vector<double> v = loss_gradient(x);
      const std::size_t draws = s.how == estimator::gumbel_rao ? s.inner_samples : 1;
      for (std::size_t m = 0; m < draws; ++m) {
        const auto word = [&](std::size_t k) { return noise.inner(t, update, i, m, k); };
        const std::vector<double> through =
            through_softmax(v, s.how == estimator::gumbel_rao ? gumbels_given_argmax(logits, argmax(z), word) : z, tau);
        for (std::size_t k = 0; k < classes; ++k) sum[k] += std::min(1 / tau, 0x1p50) * through[k] / double(draws);
      }
    }
    return s.how == estimator::score_function ? score_function_sum(drawn, losses, softmax_of(logits)) : sum;
  }

  std::vector<double> mean_of(std::vector<double> sum) {
    for (double& value : sum) value = value * (1 + shake(1)) / double(s.batch);
    return sum;
  }
  void update_critic() {
    critic_optimizer.update(critic, mean_of(critic_gradient()), s.discriminator_rate);
    for (double& value : critic)
      if (s.weight_clip > 0) value = std::clamp(value, -s.weight_clip, s.weight_clip);
  }
  void update_generator(std::uint64_t update) {
    generator_optimizer.update(logits, mean_of(generator_gradient(update)), s.generator_rate);
  }
  void step() {
    update_critic();
    for (std::uint64_t update = 0; update < s.generator_steps; ++update) update_generator(update);
    ++t;
  }

  // The results: expected for one-hot samples.
  std::vector<double> distribution() const { return softmax_of(logits); }
  double total_variation() const {
    double sum = 0;
    const std::vector<double> p = distribution();
    for (std::size_t k = 0; k < classes; ++k) sum += std::abs(p[k] - s.target[k]) / 2;
    return sum;
  }
  double expected_generator_loss() const {
    double sum = 0;
    const std::vector<double> p = distribution();
    for (std::size_t k = 0; k < classes; ++k)
      sum += p[k] * generator_loss(s.loss, net.score(critic, one_hot(k, classes)));
    return sum;
  }
  double expected_critic_loss() const {
    double sum = 0;
    const std::vector<double> p = distribution();
    for (std::size_t k = 0; k < classes; ++k) {
      const double score = net.score(critic, one_hot(k, classes));
      sum += s.target[k] * real_loss(s.loss, score) + p[k] * fake_loss(s.loss, score);
    }
    return sum;
  }
};

}  // namespace reference
