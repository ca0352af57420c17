// SPDX-License-Identifier: Apache-2.0
// A row of numbers spread over the lanes of a warp, as a count for the functions of math/ and detail/gan/
// (math/row.hpp). In a group of neighbouring lanes, whose size is a power of two, lane l has at places 0, 1, 2, … the
// elements l, l + group, l + 2·group, … All lanes have the bias, at the place after the last. All lanes of the warp
// must call these functions.
#pragma once

#include "gumbelcuda/detail/gan/batch_sum.hpp"
#include "gumbelcuda/detail/gan/shape.hpp"
#include "gumbelcuda/math/row.hpp"
#include "gumbelcuda/math/sum.hpp"
#include "kernels/simt.cuh"
#include "kernels/warp.hpp"

namespace gumbelcuda {

// Group and Places: fixed<N> or bounded<N>. If length is not a multiple of group, the last lanes have one more place
// than elements: its value has no meaning, is not used and is not stored.
template <class Group, class Places>
struct lane_row {
  Group group;
  Places places;
  int length, lane;

  __device__ __forceinline__ lane_row(Group group_, Places places_, int length_)
      : group(group_), places(places_), length(length_), lane(int(threadIdx.x) % int(group_)) {}
  __device__ __forceinline__ operator int() const { return places; }
  __device__ __forceinline__ int number(int place) const { return place * int(group) + lane; }
  __device__ __forceinline__ bool has(int place) const { return number(place) < length; }
};

template <class Group, class Places>
struct capacity<lane_row<Group, Places>> : capacity<Places> {};

template <class Group, class Places>
__device__ __forceinline__ auto plus_one(const lane_row<Group, Places>& row) {
  return plus_one(row.places);
}

template <class Group, class Places>
__device__ __forceinline__ int row_length(const lane_row<Group, Places>& row) {
  return row.length;
}
template <class Group, class Places>
__device__ __forceinline__ int row_element(const lane_row<Group, Places>& row, int place) {
  if (place == int(row.places)) return row.length;
  return row.has(place) ? row.number(place) : row.length - 1;
}
template <class Group, class Places>
__device__ __forceinline__ bool row_stores(const lane_row<Group, Places>& row, int place) {
  return place == int(row.places) ? row.lane == 0 : row.has(place);
}

template <class Group, class Places>
__device__ __forceinline__ float row_max(const float* z, const lane_row<Group, Places>& row) {
  float top = -INFINITY;
  GUMBELCUDA_UNROLL
  for (int k = 0; k < row.places; ++k) top = row.has(k) ? max(top, z[k]) : top;
  GUMBELCUDA_UNROLL
  for (int distance = row.group / 2; distance > 0; distance /= 2)
    top = max(top, __shfl_xor_sync(whole_warp, top, distance));
  return top;
}

template <class Group, class Places, class Chosen, class Value>
__device__ __forceinline__ float row_first(const lane_row<Group, Places>& row, float otherwise, Chosen chosen,
                                           Value value) {
  int first = 1 << 20;  // no element's number; stands for lane 0, which has the first element's `otherwise`
  float found = otherwise;
  GUMBELCUDA_UNROLL
  for (int k = row.places - 1; k >= 0; --k) {
    const bool here = row.has(k) && chosen(k);
    found = here ? value(k) : found;
    first = here ? row.number(k) : first;
  }
  GUMBELCUDA_UNROLL
  for (int distance = row.group / 2; distance > 0; distance /= 2) {
    const int other = __shfl_xor_sync(whole_warp, first, distance);
    first = other < first ? other : first;
  }
  return __shfl_sync(whole_warp, found, first % int(row.group), row.group);
}

// Each lane is a slot, so the group must be a warp and the row longer than a short sum. Slot j adds slot j + S/2 and
// the other way round, which gives the same number, so all lanes have the total.
template <class V, class Places, class Term>
__device__ __forceinline__ V ordered_sum(const lane_row<fixed<max_sum_slots>, Places>& row, Term term) {
  V slot = V(0);
  GUMBELCUDA_UNROLL
  for (int k = 0; k < row.places; ++k)
    if (row.has(k)) slot = slot + term(k);
  GUMBELCUDA_UNROLL
  for (int half = max_sum_slots / 2; half > 0; half /= 2) slot = slot + __shfl_xor_sync(whole_warp, slot, half);
  return slot;
}

}  // namespace gumbelcuda
