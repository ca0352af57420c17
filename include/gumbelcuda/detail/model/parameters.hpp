// SPDX-License-Identifier: Apache-2.0
// How a model says how many parameters it has.
#pragma once

#include <cstddef>

#include "gumbelcuda/math/lane.hpp"

GUMBELCUDA_MATH_BEGIN

// The parameters of a model, in groups that lie one after another. Each group has a learning rate and counts its
// updates.
template <int... Sizes>
struct parameter_groups {
  static_assert(sizeof...(Sizes) > 0 && ((Sizes > 0) && ...), "every group has parameters");
  static constexpr int count = sizeof...(Sizes), total = (Sizes + ...);
  GUMBELCUDA_HD static constexpr int size(int group) {
    constexpr int all[] = {Sizes...};
    return all[group];
  }
  GUMBELCUDA_HD static constexpr int first(int group) {
    int before = 0;
    for (int g = 0; g < group; ++g) before += size(g);
    return before;
  }
};

// N numbers of a lane type, by value.
template <class V, int N>
struct lanes {
  V values[std::size_t(N)];
  GUMBELCUDA_INLINE V& operator[](int i) { return values[i]; }
  GUMBELCUDA_INLINE const V& operator[](int i) const { return values[i]; }
  GUMBELCUDA_INLINE lanes& operator+=(const lanes& other) {
    GUMBELCUDA_UNROLL_ON_GPU
    for (int i = 0; i < N; ++i) values[i] = values[i] + other[i];
    return *this;
  }
};

GUMBELCUDA_MATH_END
