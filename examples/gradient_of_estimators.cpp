// SPDX-License-Identifier: Apache-2.0
// How good is an estimate of a gradient through a discrete choice? Five classes and a fixed discriminator, so the exact
// gradient of the expected loss is a sum over classes; the estimators of gumbelcuda::gan_estimator are held against it,
// at temperatures from .01 to 10. Written from their definitions, in double, and without the library: a second opinion.
//
//   gradient_of_estimators [BATCHES]    prints CSV; docs/experiments.md draws it
//
// There are two discriminators, s(x) = w·x and s(x) = w·x − 4·(1 − ‖x‖²). They agree about all one-hot vectors, thus in
// the exact gradient; but the second can tell soft vectors from hard ones.
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <random>

constexpr std::size_t classes = 5, batch = 10, inner_samples = 10;
using vector = std::array<double, classes>;
constexpr vector target{.05, .1, .15, .3, .4};  // the generator is at (.2, .2, .2, .2, .2)
constexpr double p = 1. / classes;

std::mt19937_64 random_bits;

double exponential() { return -std::log((double(random_bits() >> 11) + .5) * 0x1p-53); }

double dot(const vector& a, const vector& b) {
  double sum = 0;
  for (std::size_t k = 0; k < classes; ++k) sum += a[k] * b[k];
  return sum;
}

vector one_hot(std::size_t choice) {
  vector x{};
  x[choice] = 1;
  return x;
}

struct discriminator {
  const char* name;
  double dislike_of_soft;

  // The best logistic one: log(target/p) of each class.
  static double weight(std::size_t k) { return std::log(target[k] / p); }

  // The generator's loss softplus(−s(x)), and its gradient with respect to x.
  double loss(const vector& x) const { return std::log1p(std::exp(-score(x))); }
  vector loss_gradient(const vector& x) const {
    const double slope = -1 / (1 + std::exp(score(x)));
    vector v;
    for (std::size_t k = 0; k < classes; ++k) v[k] = slope * (weight(k) + 2 * dislike_of_soft * x[k]);
    return v;
  }
  double score(const vector& x) const {
    double sum = -dislike_of_soft * (1 - dot(x, x));
    for (std::size_t k = 0; k < classes; ++k) sum += weight(k) * x[k];
    return sum;
  }
};

// All logits are equal, so z is the noise.
vector gumbels() {
  vector z;
  for (double& value : z) value = -std::log(exponential());
  return z;
}

std::size_t argmax(const vector& z) {
  std::size_t best = 0;
  for (std::size_t k = 1; k < classes; ++k) best = z[k] > z[best] ? k : best;
  return best;
}

// logits + noise, given that the largest is that of `choice`: the largest is a Gumbel variate of its own around
// log Σ exp(logits), and the others are Gumbel variates that end at it.
vector gumbels_given(std::size_t choice) {
  const double least = exponential() / classes;
  vector z;
  for (std::size_t k = 0; k < classes; ++k) z[k] = -std::log(k == choice ? least : least + exponential());
  return z;
}

vector softmax(const vector& z, double temperature) {
  const double largest = z[argmax(z)];
  vector y;
  double sum = 0;
  for (std::size_t k = 0; k < classes; ++k) sum += y[k] = std::exp((z[k] - largest) / temperature);
  for (double& value : y) value /= sum;
  return y;
}

// v, a gradient with respect to y = softmax(z/τ), as one with respect to z.
void add_through_softmax(vector& sum, const vector& v, const vector& y, double temperature, double factor) {
  const double mean = dot(v, y);
  for (std::size_t k = 0; k < classes; ++k) sum[k] += factor * y[k] * (v[k] - mean) / temperature;
}

enum class estimator { relaxed, straight_through, gumbel_rao, score_function };
constexpr const char* names[] = {"relaxed", "straight_through", "gumbel_rao", "score_function"};

// The estimate of one batch.
vector estimate(estimator how, const discriminator& judge, double temperature) {
  vector sum{};
  std::array<std::size_t, batch> choices;
  std::array<double, batch> losses;
  for (std::size_t i = 0; i < batch; ++i) {
    const vector z = gumbels();
    const std::size_t choice = choices[i] = argmax(z);
    const vector x = how == estimator::relaxed ? softmax(z, temperature) : one_hot(choice);
    losses[i] = judge.loss(x);
    const vector v = judge.loss_gradient(x);
    if (how == estimator::relaxed || how == estimator::straight_through)
      add_through_softmax(sum, v, softmax(z, temperature), temperature, 1. / batch);
    if (how == estimator::gumbel_rao)
      for (std::size_t m = 0; m < inner_samples; ++m)
        add_through_softmax(sum, v, softmax(gumbels_given(choice), temperature), temperature,
                            1. / batch / inner_samples);
  }
  if (how == estimator::score_function)
    for (std::size_t i = 0; i < batch; ++i) {
      double others = 0;
      for (std::size_t j = 0; j < batch; ++j) others += j == i ? 0 : losses[j] / (batch - 1);
      for (std::size_t k = 0; k < classes; ++k) sum[k] += (losses[i] - others) * ((k == choices[i]) - p) / batch;
    }
  return sum;
}

// Relative to the length of the exact gradient.
struct quality {
  double bias, bias_by_chance, deviation;
};

quality measure(estimator how, const discriminator& judge, double temperature, int batches) {
  double expected = 0, length = 0;
  for (std::size_t k = 0; k < classes; ++k) expected += p * judge.loss(one_hot(k));
  vector exact, mean{}, square{};
  for (std::size_t k = 0; k < classes; ++k) exact[k] = p * (judge.loss(one_hot(k)) - expected);
  random_bits.seed(42);
  for (int n = 0; n < batches; ++n) {
    const vector g = estimate(how, judge, temperature);
    for (std::size_t k = 0; k < classes; ++k) mean[k] += g[k] / batches, square[k] += g[k] * g[k] / batches;
  }
  double bias = 0, variance = 0;
  for (std::size_t k = 0; k < classes; ++k) {
    length += exact[k] * exact[k];
    bias += (mean[k] - exact[k]) * (mean[k] - exact[k]);
    variance += square[k] - mean[k] * mean[k];
  }
  return {std::sqrt(bias / length), std::sqrt(variance / length / batches), std::sqrt(variance / length)};
}

int main(int count, char** arguments) {
  const int batches = count > 1 ? std::atoi(arguments[1]) : 1000;
  bool as_expected = batches > 1;
  std::puts("discriminator,estimator,temperature,bias,bias_by_chance,deviation");
  for (const discriminator& judge : {discriminator{"logistic", 0}, discriminator{"dislikes_soft", 4}})
    for (const estimator how :
         {estimator::relaxed, estimator::straight_through, estimator::gumbel_rao, estimator::score_function})
      for (int i = 0; i <= 24; ++i) {
        const double temperature = std::pow(10., -2 + i / 8.);
        const quality found = measure(how, judge, temperature, batches);
        std::printf("%s,%s,%.6g,%.6g,%.6g,%.6g\n", judge.name, names[int(how)], temperature, found.bias,
                    found.bias_by_chance, found.deviation);
        // The score function's estimate has no bias.
        if (how == estimator::score_function) as_expected &= found.bias < 5 * found.bias_by_chance;
      }
  // What gumbel_rao is for: straight_through's mean with less variance.
  const discriminator judge{"logistic", 0};
  const quality hard = measure(estimator::straight_through, judge, .1, batches);
  const quality averaged = measure(estimator::gumbel_rao, judge, .1, batches);
  as_expected &= averaged.deviation < hard.deviation;
  as_expected &= std::fabs(averaged.bias - hard.bias) < 5 * (hard.bias_by_chance + averaged.bias_by_chance);
  if (as_expected) return 0;
  std::fprintf(stderr, "the estimators are not what they should be\n");
  return 1;
}
