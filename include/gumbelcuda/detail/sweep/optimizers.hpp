// SPDX-License-Identifier: Apache-2.0
// The steps of an optimiser (math/optimizer.hpp) for GANs whose rates, β and ε differ.
#pragma once

#include <cmath>

#include "gumbelcuda/detail/sweep/lane_numbers.hpp"
#include "gumbelcuda/gan_problem.hpp"
#include "gumbelcuda/math/optimizer.hpp"

GUMBELCUDA_MATH_BEGIN

// The steps of one group of parameters: what does not change from one to the next, and β₁ᵗ and β₂ᵗ in double, as
// adam_correction_sequence has them.
template <class V>
class optimizer {
  static constexpr int width = lane<V>::width;
  static constexpr std::size_t elements = std::size_t(width);

 public:
  // Each array: [width]. powers_1, powers_2: β₁ᵗ and β₂ᵗ so far.
  GUMBELCUDA_INLINE void begin(optimizer_kind kind, const float* rate, const float* epsilon, const double* beta_1,
                               const double* beta_2, const double* powers_1, const double* powers_2) {
    alignas(64) float b_1[elements], less_1[elements], less_2[elements];
    alike_ = true;
    for (int i = 0; i < width; ++i) {
      beta_1_[i] = beta_1[i];
      beta_2_[i] = beta_2[i];
      power_1_[i] = powers_1[i];
      power_2_[i] = powers_2[i];
      // GANs side by side are at the same step, so their powers are alike if their β are.
      alike_ = alike_ && beta_1[i] == beta_1[0] && beta_2[i] == beta_2[0];
      b_1[i] = float(beta_1[i]);
      less_1[i] = float(1 - beta_1[i]);
      less_2[i] = float(1 - beta_2[i]);
    }
    step_ = {kind,
             load_numbers<V>(rate),
             load_numbers<V>(b_1),
             {load_numbers<V>(less_1), load_numbers<V>(less_2), load_numbers<V>(epsilon)}};
  }

  // The next step. Adam's bias corrections are part of the rate; where ε is added to the corrected √v, that is, to
  // √v/√(1 − β₂ᵗ), it is ε·√(1 − β₂ᵗ) beside the uncorrected one.
  GUMBELCUDA_INLINE optimizer_step<V> next() {
    optimizer_step<V> step = step_;
    if (!corrects_bias(step.kind)) return step;
    alignas(64) float correction[elements], root[elements];
    const int different = alike_ ? 1 : width;
    for (int i = 0; i < different; ++i) {
      power_1_[i] *= beta_1_[i];
      power_2_[i] *= beta_2_[i];
      const double r = ::sqrt(1 - power_2_[i]);
      correction[i] = float(r / (1 - power_1_[i]));
      root[i] = float(r);
    }
    step.rate = step.rate * (alike_ ? V(scalar_of<V>(correction[0])) : load_numbers<V>(correction));
    if (step.kind == optimizer_kind::adam_pytorch)
      step.adam.epsilon = step.adam.epsilon * (alike_ ? V(scalar_of<V>(root[0])) : load_numbers<V>(root));
    return step;
  }

  // β₁ᵗ and β₂ᵗ of element i.
  GUMBELCUDA_INLINE double power_1(int i) const { return power_1_[alike_ ? 0 : i]; }
  GUMBELCUDA_INLINE double power_2(int i) const { return power_2_[alike_ ? 0 : i]; }

 private:
  optimizer_step<V> step_;
  double beta_1_[elements], beta_2_[elements], power_1_[elements], power_2_[elements];
  bool alike_ = true;
};

GUMBELCUDA_MATH_END
