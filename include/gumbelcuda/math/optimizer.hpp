// SPDX-License-Identifier: Apache-2.0
// The optimisers. The article's is Adam in its TensorFlow 1 form (Kingma, Ba, arXiv:1412.6980, the variant before
// section 2.1): the bias corrections are part of the learning rate, and ε is added to the uncorrected √v. An optimiser
// is added in this file and nowhere else.
#pragma once

#include <cmath>
#include <cstdint>

#include "gumbelcuda/config.hpp"
#include "gumbelcuda/math/lane.hpp"

namespace gumbelcuda {

// One step from the gradient g, with rate η.
enum class optimizer_kind {
  adam,          // TensorFlow 1: ε is added to the uncorrected √v                      Kingma, Ba, 1412.6980
  adam_pytorch,  // ε is added to the corrected √v                                      ibid., algorithm 1
  sgd,           // m ← β₁·m + g, parameter −= η·m: momentum β₁
  rmsprop  // v ← β₂·v + (1 − β₂)·g², parameter −= η·g/(√v + ε)                   Tieleman, Hinton, 2012
};
GUMBELCUDA_HD constexpr bool corrects_bias(optimizer_kind kind) {
  return kind == optimizer_kind::adam || kind == optimizer_kind::adam_pytorch;
}

}  // namespace gumbelcuda

GUMBELCUDA_MATH_BEGIN

namespace adam {
inline constexpr double beta_1 = .9, beta_2 = .999, epsilon = 1e-8;
}

// The bias corrections √(1 − β₂ᵗ)/(1 − β₁ᵗ) for t = 1, 2, …, computed in double and rounded to float. Host only,
// because square root and division are correctly rounded there.
class adam_correction_sequence {
 public:
  float next() {
    power_1_ *= adam::beta_1;
    power_2_ *= adam::beta_2;
    return float(std::sqrt(1 - power_2_) / (1 - power_1_));
  }

 private:
  double power_1_ = 1, power_2_ = 1;
};

// A table of the first `size` bias corrections; all that follow must be exactly 1.
struct adam_corrections {
  const float* values;
  std::uint64_t size;
  GUMBELCUDA_INLINE float operator()(std::uint64_t t) const { return t <= size ? values[t - 1] : 1.0f; }
};

// Adam's constants as an update needs them; each may differ from lane to lane.
template <class V>
struct adam_coefficients {
  V one_minus_beta_1 = V(scalar_of<V>(1 - adam::beta_1)), one_minus_beta_2 = V(scalar_of<V>(1 - adam::beta_2)),
    epsilon = V(scalar_of<V>(adam::epsilon));
};

// One update of one parameter and its moments m and v. Each operation written here is rounded once. Input: any; a
// gradient whose square overflows makes v infinite, and NaN with the next update; NaN stays NaN. `rate` = learning
// rate · √(1 − β₂ᵗ)/(1 − β₁ᵗ), with t = 1 for the first update.
//
// The moment of a class that is no longer drawn decays into the subnormal numbers, whose division is slow on a GPU.
// A numerator below `unseen` changes no parameter above `seen`: the quotient is below 2^-73, less than half of its last
// digit. So it is replaced by `unseen` there, which changes no bit of the result.
template <bool SlowSubnormals = GUMBELCUDA_SLOW_SUBNORMALS, class V>
GUMBELCUDA_INLINE void adam_update(V& parameter, V& m, V& v, V gradient, V rate,
                                   const adam_coefficients<V>& coefficients = {}) {
  using S = scalar_of<V>;
  m = fma(coefficients.one_minus_beta_1, gradient - m, m);
  v = fma(coefficients.one_minus_beta_2, gradient * gradient - v, v);
  V step = rate * m;
  if constexpr (SlowSubnormals) {
    constexpr S unseen = S(0x1p-100), seen = sizeof(S) == 4 ? S(0x1p-40) : S(0x1p-10);
    const auto is_small = abs(step) < V(unseen);
    const auto is_far = abs(parameter) > V(seen);
    step = select(is_small & is_far, V(unseen), step);
  }
  parameter = parameter - step / (sqrt(v) + coefficients.epsilon);
}

// What one update needs; each may differ from lane to lane.
template <class V>
struct optimizer_step {
  optimizer_kind kind;
  V rate, beta_1;
  adam_coefficients<V> adam;

  // p: a parameter, m and v: its two moments. `gradient`: of the loss.
  GUMBELCUDA_INLINE void operator()(V& p, V& m, V& v, V gradient) const {
    switch (kind) {
      case optimizer_kind::adam:
      case optimizer_kind::adam_pytorch:
        // What spares a GPU subnormal numbers there is proved for the usual ε alone.
        return adam_update<false>(p, m, v, gradient, rate, adam);
      case optimizer_kind::sgd:
        m = fma(beta_1, m, gradient);
        p = p - rate * m;
        return;
      case optimizer_kind::rmsprop:
        v = fma(adam.one_minus_beta_2, gradient * gradient - v, v);
        p = p - rate * gradient / (sqrt(v) + adam.epsilon);
        return;
    }
  }
};

GUMBELCUDA_MATH_END
