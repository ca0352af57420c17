// SPDX-License-Identifier: Apache-2.0
// Adam in TensorFlow-1 form (Kingma, Ba, arXiv:1412.6980, the variant before section 2.1): the bias
// corrections go into the learning rate, and ε is added to the uncorrected √v.
#pragma once

#include <cmath>
#include <cstdint>

#include "gumbelcuda/math/lane.hpp"

GUMBELCUDA_MATH_BEGIN

namespace adam {
inline constexpr double beta_1 = .9, beta_2 = .999, epsilon = 1e-8;
}

// The bias corrections √(1 − β₂ᵗ)/(1 − β₁ᵗ) for t = 1, 2, …, in double and rounded to float. Host only: its square
// root and divisions are correctly rounded there.
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

// The first `size` of them as a table, long enough for the rest to be exactly 1.
struct adam_corrections {
  const float* values;
  std::uint64_t size;
  GUMBELCUDA_INLINE float operator()(std::uint64_t t) const { return t <= size ? values[t - 1] : 1.0f; }
};

// One update of one parameter with its moments m and v, rounded once at each operation written here. Input: any; a
// gradient whose square overflows makes v infinite, and with the next update NaN; NaN stays NaN.
// `rate` = learning rate · √(1 − β₂ᵗ)/(1 − β₁ᵗ), t = 1 for the first update.
template <class V>
GUMBELCUDA_INLINE void adam_update(V& parameter, V& m, V& v, V gradient, V rate) {
  using S = scalar_of<V>;
  m = fma(V(S(1 - adam::beta_1)), gradient - m, m);
  v = fma(V(S(1 - adam::beta_2)), gradient * gradient - v, v);
  parameter = parameter - (rate * m) / (sqrt(v) + V(S(adam::epsilon)));
}

GUMBELCUDA_MATH_END
