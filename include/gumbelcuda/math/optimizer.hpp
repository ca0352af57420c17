// SPDX-License-Identifier: Apache-2.0
// Adam in TensorFlow-1 form (Kingma, Ba, arXiv:1412.6980, the variant before section 2.1): the bias
// corrections go into the learning rate, and ε is added to the uncorrected √v.
#pragma once

#include "gumbelcuda/math/lane.hpp"

GUMBELCUDA_MATH_BEGIN

namespace adam {
inline constexpr double beta_1 = .9, beta_2 = .999, epsilon = 1e-8;
}

// One update of one parameter with its moments m and v.
// `rate` = learning rate · √(1 − β₂ᵗ)/(1 − β₁ᵗ), t = 1 for the first update.
template <class V>
GUMBELCUDA_INLINE void adam_update(V& parameter, V& m, V& v, V gradient, V rate) {
  using S = scalar_of<V>;
  m = fma(V(S(1 - adam::beta_1)), gradient - m, m);
  v = fma(V(S(1 - adam::beta_2)), gradient * gradient - v, v);
  parameter = parameter - (rate * m) / (sqrt(v) + V(S(adam::epsilon)));
}

GUMBELCUDA_MATH_END
