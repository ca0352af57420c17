// SPDX-License-Identifier: Apache-2.0
// The noise of one GAN of a sweep, as docs/noise-stream.md gives it: where each variate's word lies, and the number
// that the word stands for. Where the words come from is the caller's business.
#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <vector>

namespace reference {

// v of a word: in (0, 1), exact, and so is 1 − v.
inline double unit(std::uint32_t x) { return (x + .5) * 0x1p-32; }
inline double exponential(std::uint32_t x) { return -std::log1p(-unit(x)); }
inline double uniform_sign(std::uint32_t x) { return (2. * x + 1) * 0x1p-32 - 1; }

// Φ⁻¹(1 − v): the n beyond which a standard normal variate lies with probability v. By bisection, from the tail.
inline double normal(std::uint32_t x) {
  const double v = unit(x), tail = std::min(v, 1 - v);
  double low = 0, high = 10;
  for (int i = 0; i < 100; ++i) {
    const double middle = (low + high) / 2;
    (std::erfc(middle / std::sqrt(2.)) / 2 > tail ? low : high) = middle;
  }
  return v < .5 ? low : -low;
}

struct sweep_noise {
  using word_source = std::function<std::uint32_t(std::uint64_t block, int word)>;
  word_source word;
  std::uint64_t K, B, G, M;  // classes, batch, generator updates of a step, inner samples

  static std::uint64_t quads(std::uint64_t n) { return (n + 3) / 4; }
  static std::uint64_t plane(std::uint64_t p) { return p << 60; }
  std::uint32_t at(std::uint64_t block, std::uint64_t n) const { return word(block, int(n % 4)); }

  // The initial weight n as a share of its limit.
  double logistic_weight(std::uint64_t k) const { return uniform_sign(at(k / 4, k)); }
  double perceptron_weight(std::uint64_t n) const { return uniform_sign(at(plane(1) + n / 4, n)); }

  std::uint64_t step_begin(std::uint64_t t) const { return quads(K) + t * (quads(B) + quads(B * (1 + G)) * K); }
  std::uint32_t real(std::uint64_t t, std::uint64_t s) const { return at(step_begin(t) + s / 4, s); }
  // n counts through the step: the first B are the discriminator update's.
  double fake_gumbel(std::uint64_t t, std::uint64_t n, std::uint64_t k) const {
    return -std::log(exponential(at(step_begin(t) + quads(B) + n / 4 * K + k, n)));
  }

  std::uint32_t smoothing(std::uint64_t t, std::uint64_t s, std::uint64_t k) const {
    return at(plane(2) + (t * quads(B) + s / 4) * K + k, s);
  }
  std::uint32_t inner(std::uint64_t t, std::uint64_t update, std::uint64_t s, std::uint64_t m, std::uint64_t k) const {
    const std::uint64_t n = update * B + s;
    return at(plane(3) + ((t * quads(G * B) + n / 4) * M + m) * K + k, n);
  }
  double penalty_weight(std::uint64_t t, std::uint64_t s) const {
    return .5 + .5 * uniform_sign(at(plane(4) + t * quads(B) + s / 4, s));
  }
  std::uint32_t data_start() const { return at(plane(5), 0); }
};

// z = logits + Gumbel noise given that its argmax is `top`, from a word of each class: the largest of all is Gumbel
// about log Σ exp(logits); the others are Gumbels truncated there. Paulus et al., arXiv:2010.04838, eq. 9, after
// Maddison et al., 2014.
template <class Word>
std::vector<double> gumbels_given_argmax(const std::vector<double>& logits, std::size_t top, const Word& word) {
  double sum = 0;
  for (const double logit : logits) sum += std::exp(logit);
  const double largest = std::log(sum) - std::log(exponential(word(top)));
  std::vector<double> z;
  for (std::size_t j = 0; j < logits.size(); ++j) {
    const double a = logits[j] - std::log(exponential(word(j)));
    z.push_back(j == top ? largest : -std::log(std::exp(-a) + std::exp(-largest)));
  }
  return z;
}

}  // namespace reference
