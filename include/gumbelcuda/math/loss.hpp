// SPDX-License-Identifier: Apache-2.0
// Sigmoid cross-entropy with logits, and its derivative with respect to the logit:
// label·softplus(−l) + (1 − label)·softplus(l), in its stable form for the labels 0 and 1. Input, error (2.5 ulp) and
// special values are those of softplus and sigmoid.
#pragma once

#include "gumbelcuda/math/elementary.hpp"

GUMBELCUDA_MATH_BEGIN

template <class V>
GUMBELCUDA_INLINE V cross_entropy_label_1(V logit) {
  return softplus(-logit);
}
template <class V>
GUMBELCUDA_INLINE V cross_entropy_label_0(V logit) {
  return softplus(logit);
}
// σ(l) − 1, written so that it keeps its relative precision for large l.
template <class V, class Divide = plain_division>
GUMBELCUDA_INLINE V d_cross_entropy_label_1(V logit, Divide divide = {}) {
  return -sigmoid(-logit, divide);
}
template <class V, class Divide = plain_division>
GUMBELCUDA_INLINE V d_cross_entropy_label_0(V logit, Divide divide = {}) {
  return sigmoid(logit, divide);
}

GUMBELCUDA_MATH_END
