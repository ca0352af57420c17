// SPDX-License-Identifier: Apache-2.0
// The optimisers of gan_problem.hpp. An optimiser is added here and in its enumeration, and nowhere else.
#pragma once

#include <cmath>

#include "gumbelcuda/detail/sweep/lane_numbers.hpp"
#include "gumbelcuda/gan_problem.hpp"
#include "gumbelcuda/math/optimizer.hpp"

GUMBELCUDA_MATH_BEGIN

// β₁ᵗ and β₂ᵗ of each GAN that trains side by side, in double, as adam_correction_sequence has them.
template <int Width>
struct beta_powers {
  double power_1[std::size_t(Width)], power_2[std::size_t(Width)];
};

// What one update needs; each may differ from lane to lane.
template <class V>
struct optimizer_step {
  gan_optimizer kind;
  V rate, beta_1;
  adam_coefficients<V> adam;

  // p: a parameter, m and v: its two moments. `gradient`: of the loss.
  GUMBELCUDA_INLINE void operator()(V& p, V& m, V& v, V gradient) const {
    switch (kind) {
      case gan_optimizer::adam:
      case gan_optimizer::adam_pytorch:
        // What spares a GPU subnormal numbers there is proved for the usual ε alone.
        return adam_update<false>(p, m, v, gradient, rate, adam);
      case gan_optimizer::sgd:
        m = fma(beta_1, m, gradient);
        p = p - rate * m;
        return;
      case gan_optimizer::rmsprop:
        v = fma(adam.one_minus_beta_2, gradient * gradient - v, v);
        p = p - rate * gradient / (sqrt(v) + adam.epsilon);
        return;
    }
  }
};

// The next step of a group of parameters, with learning rate `rate`. beta_1, beta_2: [Width]. Adam's bias corrections
// are part of the rate; where ε is added to the corrected √v, that is, to √v/√(1 − β₂ᵗ), it is ε·√(1 − β₂ᵗ) beside the
// uncorrected one.
template <class V>
GUMBELCUDA_INLINE optimizer_step<V> next_step(gan_optimizer kind, V rate, V epsilon, const double* beta_1,
                                              const double* beta_2, beta_powers<lane<V>::width>& powers) {
  constexpr int width = lane<V>::width;
  alignas(64) float correction[std::size_t(width)], root[std::size_t(width)];
  alignas(64) float b_1[std::size_t(width)], less_1[std::size_t(width)], less_2[std::size_t(width)];
  for (int i = 0; i < width; ++i) {
    powers.power_1[i] *= beta_1[i];
    powers.power_2[i] *= beta_2[i];
    const double r = ::sqrt(1 - powers.power_2[i]);
    correction[i] = float(r / (1 - powers.power_1[i]));
    root[i] = float(r);
    b_1[i] = float(beta_1[i]);
    less_1[i] = float(1 - beta_1[i]);
    less_2[i] = float(1 - beta_2[i]);
  }
  optimizer_step<V> step{kind, rate, load_numbers<V>(b_1), {load_numbers<V>(less_1), load_numbers<V>(less_2), epsilon}};
  const bool is_adam = kind == gan_optimizer::adam || kind == gan_optimizer::adam_pytorch;
  if (is_adam) step.rate = rate * load_numbers<V>(correction);
  if (kind == gan_optimizer::adam_pytorch) step.adam.epsilon = epsilon * load_numbers<V>(root);
  return step;
}

GUMBELCUDA_MATH_END
