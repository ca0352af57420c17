// SPDX-License-Identifier: Apache-2.0
// Sums over a batch of rows of terms, one term per parameter, in the order that math/sum.hpp fixes.
#pragma once

#include "gumbelcuda/detail/gan/shape.hpp"
#include "gumbelcuda/math/sum.hpp"

GUMBELCUDA_MATH_BEGIN

// Width: the largest number of terms in a row. Slots: the largest number of slots.
template <class V, int Width, int Slots>
struct batch_sum {
  V slots[std::size_t(Slots)][std::size_t(Width)];

  // Calls body(sum_slots(batch)). For short sums on a CPU the argument is known when compiling, so that loops over it
  // unroll.
  template <class Body>
  GUMBELCUDA_INLINE static void with_slots(int batch, Body body) {
    if (GUMBELCUDA_APART_IF_SHORT && batch <= short_sum_length)
      body(fixed<short_sum_slots>{});
    else
      body(sum_slots(batch));
  }

  template <class Count>
  GUMBELCUDA_INLINE void clear(int batch, Count width) {
    with_slots(batch, [&](auto count) {
      GUMBELCUDA_UNROLL_ON_GPU
      for (int j = 0; j < count; ++j) {
        GUMBELCUDA_UNROLL_ON_GPU
        for (int k = 0; k < width; ++k) slots[j][k] = V(0);
      }
    });
  }
  // The slot of sample i: number i modulo a power of two. Its terms must be added in the order of i.
  GUMBELCUDA_INLINE V* slot(int batch, int i) { return slots[i & (sum_slots(batch) - 1)]; }

  template <class Count>
  GUMBELCUDA_INLINE void add(int batch, int i, const V* terms, Count width) {
    V* row = slot(batch, i);
    GUMBELCUDA_UNROLL_ON_GPU
    for (int k = 0; k < width; ++k) row[k] = row[k] + terms[k];
  }
  // The same for an i that is known only at run time. A GPU cannot index its registers, so every slot of a short sum
  // adds either the terms or zeros, which change nothing (no slot is ever −0).
  template <class Count>
  GUMBELCUDA_INLINE void add_anywhere(int batch, int i, const V* terms, Count width) {
    if constexpr (Slots != short_sum_slots) {
      add(batch, i, terms, width);
    } else {
      GUMBELCUDA_UNROLL
      for (int j = 0; j < short_sum_slots; ++j) {
        GUMBELCUDA_UNROLL_ON_GPU
        for (int k = 0; k < width; ++k) slots[j][k] = slots[j][k] + (i % short_sum_slots == j ? terms[k] : V(0));
      }
    }
  }
  // The totals, in place.
  template <class Count>
  GUMBELCUDA_INLINE const V* total(int batch, Count width) {
    with_slots(batch, [&](auto count) {
      GUMBELCUDA_UNROLL_ON_GPU
      for (int k = 0; k < width; ++k) add_slots(count, [&](int j) -> V& { return slots[j][k]; });
    });
    return slots[0];
  }
  // The totals added to those of another sum.
  template <class Count>
  GUMBELCUDA_INLINE const V* total_plus(const V* other, int batch, Count width) {
    total(batch, width);
    GUMBELCUDA_UNROLL_ON_GPU
    for (int k = 0; k < width; ++k) slots[0][k] = other[k] + slots[0][k];
    return slots[0];
  }
};

// The most slots that a batch of this type can need.
template <class Batch>
struct batch_slots;
template <int N>
struct batch_slots<fixed<N>> {
  static constexpr int value = sum_slots(N);
};
template <int N>
struct batch_slots<bounded<N>> {
  static constexpr int value = sum_slots(N);
};
template <>
struct batch_slots<int> {
  static constexpr int value = max_sum_slots;
};

// K + 1, the number of discriminator parameters, of the same kind as K.
template <int N>
GUMBELCUDA_HD constexpr fixed<N + 1> plus_one(fixed<N>) {
  return {};
}
GUMBELCUDA_HD constexpr int plus_one(int n) { return n + 1; }

GUMBELCUDA_MATH_END
