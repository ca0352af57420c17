// SPDX-License-Identifier: Apache-2.0
// What operations need of a whole row of numbers, one per class, besides its sum (math/sum.hpp). The type of the count
// says where a row lies. With int, fixed<N> and bounded<N> it lies in one lane, element k at place k. A kernel can
// spread rows over the threads of a warp with a count type of its own, for which it overloads the functions here and
// ordered_sum (kernels/fleet/lane_row.cuh). Then int(count) is the number of places in a thread, and place int(count)
// is still the bias's.
#pragma once

#include "gumbelcuda/math/lane.hpp"

GUMBELCUDA_MATH_BEGIN

// The number of elements in the whole row.
template <class Count>
GUMBELCUDA_HD constexpr int row_length(Count count) {
  return count;
}
// The element at place k; the row's length if k is the bias's place.
template <class Count>
GUMBELCUDA_HD constexpr int row_element(Count, int k) {
  return k;
}
// Whether this thread stores the element at place k. Each element is stored once.
template <class Count>
GUMBELCUDA_HD constexpr bool row_stores(Count, int) {
  return true;
}

template <class V, class Count>
GUMBELCUDA_INLINE V row_max(const V* z, Count count) {
  V top = z[0];
  GUMBELCUDA_UNROLL_ON_GPU
  for (int k = 1; k < count; ++k) top = max(top, z[k]);
  return top;
}

// value(k) of the first element for which chosen(k) holds; `otherwise` if there is none.
template <class V, class Count, class Chosen, class Value>
GUMBELCUDA_INLINE V row_first(Count count, V otherwise, Chosen chosen, Value value) {
  V found = otherwise;
  GUMBELCUDA_UNROLL_ON_GPU
  for (int k = count - 1; k >= 0; --k) found = select(chosen(k), value(k), found);
  return found;
}

// out[element] = value(k) for every element of the row. `out` has the whole row, whether or not the row is spread over
// threads.
template <class T, class Count, class Value>
GUMBELCUDA_INLINE void store_row(T* out, Count count, Value value) {
  GUMBELCUDA_UNROLL_ON_GPU
  for (int k = 0; k < count; ++k)
    if (row_stores(count, k)) out[row_element(count, k)] = value(k);
}

GUMBELCUDA_MATH_END
