// SPDX-License-Identifier: Apache-2.0
// From 32 random bits to a standard normal variate, by the quantile function: a variate takes one word, and small words
// give the large variates, as in gumbel.hpp. The word x stands for v = (x + ½)·2^-32. The variate is the n that is
// exceeded with probability v, computed from the nearer end of (0, 1). log and √ are the library's, the rest are
// polynomials, so the bits are the same everywhere.
//
// float: the form is that of M. Giles, Approximating the erfinv function, GPU Computing Gems Jade (2011), chapter 10,
// with coefficients to 2^-65 instead of 2^-24 (scripts/fit_polynomials.py). double: M. J. Wichura, Algorithm AS 241,
// Applied Statistics 37 (1988), PPND16.
#pragma once

#include "gumbelcuda/math/gumbel.hpp"

GUMBELCUDA_MATH_BEGIN

namespace detail {

// c[0] + c[1]·x + …
template <class V, std::size_t Terms>
GUMBELCUDA_INLINE V polynomial(V x, const scalar_of<V> (&c)[Terms]) {
  V sum = V(c[Terms - 1]);
  GUMBELCUDA_UNROLL
  for (int i = int(Terms) - 2; i >= 0; --i) sum = fma(sum, x, V(c[i]));
  return sum;
}

// n/x is smooth in w = −log(1 − x²), and for large w in √w.
template <class V>
GUMBELCUDA_INLINE V normal_quantile(V x, V h, float /*precision*/) {
  constexpr float near_middle[] = {0x1.25e47cp+1f,   0x1.5deb10p-2f,   -0x1.09f096p-7f,  -0x1.36050ap-10f,
                                   0x1.220b02p-12f,  -0x1.2cb27ep-16f, -0x1.6a093ap-19f, 0x1.4f2f20p-21f,
                                   -0x1.27165ap-28f, -0x1.ebba2cp-28f};
  constexpr float far_out[] = {0x1.5b899cp+2f,  0x1.6d79e6p+0f,   0x1.d43feep-10f, -0x1.45ab06p-10f,
                               0x1.d0d35cp-12f, -0x1.299e36p-13f, 0x1.5bc596p-14f, -0x1.115cbep-14f,
                               0x1.055c38p-15f, -0x1.f0192ep-18f, 0x1.6e15aap-21f};
  const V w = -log((V(4) * h) * (V(1) - h));
  V ratio = polynomial(w - V(3), near_middle);
  // Taken by one word in a thousand.
  if (const auto far = w > V(6.25f); any_element(far)) ratio = select(far, polynomial(sqrt(w) - V(4), far_out), ratio);
  return x * ratio;
}

template <class V>
GUMBELCUDA_INLINE V normal_quantile(V x, V h, double /*precision*/) {
  constexpr double a[] = {3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
                          1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
                          3.3430575583588128105e4, 2.5090809287301226727e3};
  constexpr double b[] = {1.00000000000000000000e0, 4.2313330701600911252e1, 6.8718700749205790830e2,
                          5.3941960214247511077e3,  2.1213794301586595867e4, 3.9307895800092710610e4,
                          2.8729085735721942674e4,  5.2264952788528545610e3};
  constexpr double c[] = {1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
                          3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
                          2.27238449892691845833e-2, 7.74545014278341407640e-4};
  constexpr double d[] = {1.00000000000000000000e0,  2.05319162663775882187e0,  1.67638483018380384940e0,
                          6.89767334985100004550e-1, 1.48103976427480074590e-1, 1.51986665636164571966e-2,
                          5.47593808499534494600e-4, 1.05075007164441684324e-9};
  constexpr double e[] = {6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,
                          2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                          2.71155556874348757815e-5, 2.01033439929228813265e-7};
  constexpr double f[] = {1.00000000000000000000e0,  5.99832206555887937690e-1, 1.36929880922735805310e-1,
                          1.48753612908506148525e-2, 7.86869131145613259100e-4, 1.84631831751005468180e-5,
                          1.42151175831644588870e-7, 2.04426310338993978564e-15};
  const V half = V(0.5) * x, near = fma(-half, half, V(0.180625));
  V n = half * (polynomial(near, a) / polynomial(near, b));
  if (const auto far = near < V(0); any_element(far)) {
    const V r = sqrt(-log(h)), s = r - V(1.6);
    V size = polynomial(s, c) / polynomial(s, d);
    if (const auto very_far = r > V(5); any_element(very_far))
      size = select(very_far, polynomial(r - V(5), e) / polynomial(r - V(5), f), size);
    n = select(far, size, n);
  }
  return n;
}

}  // namespace detail

// The n ≥ 0 with P(N > n) = h. Input: h in [2^-65, ½], and x = 1 − 2h, rounded; near the middle x has the digits that h
// has lost. Output: [0, 9.1553]; 0 where x is 0. Relative error: 3.5e-7 (float), 1e-15 (double).
template <class V>
GUMBELCUDA_INLINE V normal_quantile(V x, V h) {
  return detail::normal_quantile(x, h, scalar_of<V>{});
}

// Standard normal variate of a word. Input: any word. Output: ±[2.9e-10, 6.3380]; the variate of ~x is minus that of x.
// Relative error: 3.5e-7 (float), 1e-15 (double). It decreases from word to word, in float except for its error.
template <class V>
GUMBELCUDA_INLINE V normal(word_of<V> x) {
  const auto folded = fold_word(x);
  const V h = fma(convert_word<V>(folded), V(0x1p-32f), V(0x1p-33f));
  const V n = normal_quantile(-uniform_signed<V>(folded), h);
  return select(word_is_low(x), n, -n);
}

GUMBELCUDA_MATH_END
