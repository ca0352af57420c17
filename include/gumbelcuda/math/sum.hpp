// SPDX-License-Identifier: Apache-2.0
// The order of every sum. It depends on the length of the sum alone, so the same numbers give the same bits whether
// they lie in one lane, side by side in a vector, or in the threads of a warp:
//
//   element i goes to slot i mod S; a slot adds up its elements in order, starting from 0;
//   then the slots add up in halves: slot j takes slot j + S/2, then j + S/4, … , j + 1.
//
// Short sums have 4 slots (one lane adds them all), longer sums 32 (a warp). docs/determinism.md
#pragma once

#include "gumbelcuda/math/lane.hpp"

GUMBELCUDA_MATH_BEGIN

inline constexpr int short_sum_length = 16, short_sum_slots = 4, max_sum_slots = 32;

GUMBELCUDA_HD constexpr int sum_slots(int length) {
  return length <= short_sum_length ? short_sum_slots : max_sum_slots;
}

// Adds up `count` slots, a power of two, in place, until the first Left slots have everything. slot(j) is a reference
// to slot j; with Left = 1 the total is slot(0).
template <int Left = 1, class Count, class Slot>
GUMBELCUDA_INLINE void add_slots(Count count, Slot slot) {
  if constexpr (is_fixed<Count>) {  // by recursion, because not all compilers unroll a loop that halves its count
    constexpr int half = Count{} / 2;
    if constexpr (half >= Left) {
      GUMBELCUDA_UNROLL
      for (int j = 0; j < half; ++j) slot(j) = slot(j) + slot(j + half);
      add_slots<Left>(fixed<half>{}, slot);
    }
  } else {
    GUMBELCUDA_UNROLL_ON_GPU
    for (int half = count / 2; half >= Left; half /= 2) {
      GUMBELCUDA_UNROLL_ON_GPU
      for (int j = 0; j < half; ++j) slot(j) = slot(j) + slot(j + half);
    }
  }
}

namespace detail {

template <class V, int Slots, class Count, class Term>
GUMBELCUDA_INLINE V sum_in_slots(Count length, Term term) {
  V slots[std::size_t(Slots)];
  GUMBELCUDA_UNROLL
  for (int j = 0; j < Slots; ++j) slots[j] = V(0);
  GUMBELCUDA_UNROLL_ON_GPU
  for (int i = 0; i < length; ++i) slots[i % Slots] = slots[i % Slots] + term(i);
  add_slots(fixed<Slots>{}, [&](int j) -> V& { return slots[j]; });
  return slots[0];
}

}  // namespace detail

// Σ term(i) for i in [0, length).
template <class V, class Count, class Term>
GUMBELCUDA_INLINE V ordered_sum(Count length, Term term) {
  if constexpr (is_fixed<Count>)
    return detail::sum_in_slots<V, sum_slots(Count{})>(length, term);
  else
    return length <= short_sum_length ? detail::sum_in_slots<V, short_sum_slots>(length, term)
                                      : detail::sum_in_slots<V, max_sum_slots>(length, term);
}

GUMBELCUDA_MATH_END
