// SPDX-License-Identifier: Apache-2.0
// How a model says how many parameters it has.
#pragma once

#include <cstddef>

#include "gumbelcuda/math/lane.hpp"

// What models are compiled to depends on the compiler and its flags. Files of one program may have different ones: each
// kind has its own inline namespace, so that the linker does not take the code of one for another's.
#if GUMBELCUDA_COMPILES_KERNELS
#define GUMBELCUDA_MODELS models_of_nvcc
#elif !GUMBELCUDA_FLAGS_ALLOW_VECTORS
#define GUMBELCUDA_MODELS models_in_scalars
#elif defined(__AVX512F__)
#define GUMBELCUDA_MODELS models_in_avx512
#else
#define GUMBELCUDA_MODELS models_in_vectors
#endif
#define GUMBELCUDA_MODEL_BEGIN \
  GUMBELCUDA_MATH_BEGIN        \
  inline namespace GUMBELCUDA_MODELS {
#define GUMBELCUDA_MODEL_END \
  }                          \
  GUMBELCUDA_MATH_END

GUMBELCUDA_MODEL_BEGIN

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

GUMBELCUDA_MODEL_END
