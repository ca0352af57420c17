// SPDX-License-Identifier: Apache-2.0
// Derivatives without anyone's algebra, for the reference programs: a + b·ε with ε² = 0. f(x + ε) = f(x) + f′(x)·ε, so
// a function that is written once for any number type gives its derivative in one direction, too. A dual of duals gives
// a second derivative.
#pragma once

#include <cmath>
#include <vector>

namespace reference {

template <class T>
struct dual {
  T value{}, slope{};
  dual() = default;
  template <class Constant>
  dual(const Constant& constant) : value(constant) {}
  dual(const T& value_, const T& slope_) : value(value_), slope(slope_) {}

  friend dual operator+(const dual& a, const dual& b) { return {a.value + b.value, a.slope + b.slope}; }
  friend dual operator-(const dual& a, const dual& b) { return {a.value - b.value, a.slope - b.slope}; }
  friend dual operator*(const dual& a, const dual& b) {
    return {a.value * b.value, a.slope * b.value + a.value * b.slope};
  }
  friend dual operator/(const dual& a, const dual& b) {
    return {a.value / b.value, (a.slope * b.value - a.value * b.slope) / (b.value * b.value)};
  }
  friend dual operator-(const dual& a) { return dual() - a; }
  friend dual exp(const dual& a) {
    using std::exp;
    return {exp(a.value), exp(a.value) * a.slope};
  }
  friend dual log1p(const dual& a) {
    using std::log1p;
    return {log1p(a.value), a.slope / (T(1) + a.value)};
  }
  friend dual sqrt(const dual& a) {
    using std::sqrt;
    return {sqrt(a.value), a.slope / (T(2) * sqrt(a.value))};
  }
  friend dual tanh(const dual& a) {
    using std::tanh;
    return {tanh(a.value), (T(1) - tanh(a.value) * tanh(a.value)) * a.slope};
  }
};

// What branches are decided by.
inline double plain(double x) { return x; }
inline double plain(long double x) { return double(x); }
template <class T>
double plain(const dual<T>& x) {
  return plain(x.value);
}

// x as numbers of type N, constants.
template <class N, class T>
std::vector<N> constants(const std::vector<T>& x) {
  return std::vector<N>(x.begin(), x.end());
}

// The gradient of f at x, one direction after another. f takes a vector of duals.
template <class T, class F>
std::vector<T> gradient(const F& f, const std::vector<T>& x) {
  std::vector<dual<T>> at = constants<dual<T>>(x);
  std::vector<T> slopes;
  for (std::size_t i = 0; i < x.size(); ++i) {
    at[i].slope = T(1);
    slopes.push_back(f(at).slope);
    at[i].slope = T(0);
  }
  return slopes;
}

}  // namespace reference
