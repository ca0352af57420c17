// SPDX-License-Identifier: Apache-2.0
// The order of every sum. It is a function of the sum's length alone, so the same numbers give the same
// bits whether they lie in one lane, side by side in a vector, or in the threads of a warp:
//
//   element i goes to slot i mod S, a slot adds up its elements in order, starting from 0;
//   then the slots add up in halves: slot j takes slot j + S/2, then j + S/4, … , j + 1.
//
// Short sums have 4 slots (one lane adds them all), longer ones 32 (a warp). docs/determinism.md
#pragma once

#include "gumbelcuda/math/lane.hpp"

GUMBELCUDA_MATH_BEGIN

inline constexpr int max_sum_slots = 32;

GUMBELCUDA_HD constexpr int sum_slots(int length) { return length <= 16 ? 4 : max_sum_slots; }

// Adds the slots up in place; the total is slots[0].
template <class V>
GUMBELCUDA_INLINE V add_slots(V* slots, int count) {
  for (int half = count / 2; half > 0; half /= 2)
    for (int j = 0; j < half; ++j) slots[j] = slots[j] + slots[j + half];
  return slots[0];
}

// Σ term(i) for i in [0, length).
template <class V, class Count, class Term>
GUMBELCUDA_INLINE V ordered_sum(Count length, Term term) {
  if (length <= 16) {
    V slots[4] = {V(0), V(0), V(0), V(0)};
    GUMBELCUDA_UNROLL
    for (int i = 0; i < length; ++i) slots[i % 4] = slots[i % 4] + term(i);
    return (slots[0] + slots[2]) + (slots[1] + slots[3]);
  }
  V slots[max_sum_slots];
  for (int j = 0; j < max_sum_slots; ++j) slots[j] = V(0);
  for (int i = 0; i < length; ++i) slots[i % max_sum_slots] = slots[i % max_sum_slots] + term(i);
  return add_slots(slots, max_sum_slots);
}

GUMBELCUDA_MATH_END
