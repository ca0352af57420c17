// SPDX-License-Identifier: Apache-2.0
// What a sample adds to a gradient (detail/gan/model.hpp), as types: each gets its own instance of the code around it.
#pragma once

#include "gumbelcuda/detail/gan/model.hpp"

GUMBELCUDA_MATH_BEGIN

struct generator_term {
  template <class V, class Classes>
  GUMBELCUDA_INLINE void operator()(const V* y, const V* weights, V* terms, Classes classes) const {
    generator_terms(y, weights, terms, classes);
  }
};
struct fake_term {
  template <class V, class Classes>
  GUMBELCUDA_INLINE void operator()(const V* y, const V* weights, V* terms, Classes classes) const {
    fake_terms(y, weights, terms, classes);
  }
};

GUMBELCUDA_MATH_END
