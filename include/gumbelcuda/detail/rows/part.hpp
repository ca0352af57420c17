// SPDX-License-Identifier: Apache-2.0
// A row of classes, divided into parts. Operations on rows (softmax.hpp, gumbel_max.hpp) are written for one *part* of
// a row: the quads that one GPU thread, or a CPU thread alone, works on. A part has
//
//   quads()        how many quads to loop over: fixed<N> where they stay in registers, a number otherwise
//   slot_quads     how many of them have slots of their own in a sum: fixed<N> or a number; quads() ≤ it, or a power of
//                  two. With fixed<N> and a number of quads the slots are summed up in turn, and need no memory
//   rounds()       how many quads the part with the most of them has, as a number
//   quad(n)        the number in the row of this part's quad n
//   has(n)         whether there is such a quad in the row
//   max(x) min(i) sum(i)  over the values that all parts pass; every part must call them, and gets the answer. max(x)
//                  gives all parts the same answer only if no x is NaN
//   add(slots)     the sum of four slots of each part, in the order below
//   any_nearby(b)  whether b holds for any of the parts that run in step (lanes of a warp), as often as they like
//   best_so_far()  a number that the row's parts raise; every part must make one. Parts that run in step call raise(x)
//                  together. latest() is the largest x of some of the calls so far, this part's among them unless x is
//                  −0; −inf before the first
//   is_leader()    true for one part of the row
//   shared_noise   true if no row of the call has a seed or an offset of its own. A part without this member does not
//                  know
//
// and, where it makes code faster, these:
//
//   in_step(n)     whether any of the parts that run in step has quad n
//   classes_of_quad(n)  how many classes of quad n to compute: at least those that the row has
//   whole_rounds(w)     how many quads of each part are among the row's first w; then quads_of_round is the distance of
//                       its quads
//
// With a NaN among x, max() may give it to some parts and not to others. Callers must see to it that this does not
// matter: either they pass no NaN, or they also take a sum, which has the NaN in all parts and makes the results NaN.
// No part may decide by such an answer alone whether it calls max(), min(), sum() or add().
//
// The order of a sum over K classes depends on K alone. Class k goes to slot k mod S, where S is the smallest power of
// two that is not below K, but at most 32,768. A slot adds up its classes in order, starting from 0. Then the slots add
// up in halves. So up to 32,768 classes the sum is a tree; its levels are quads of a thread, threads, and classes of a
// quad.
//
// A value V is one class, or several next to each other, the elements of a vector. Then a quad is four vectors, and
// quad(n) still counts in classes, by fours.
#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "gumbelcuda/device/noise.hpp"
#include "gumbelcuda/math/sum.hpp"

GUMBELCUDA_MATH_BEGIN

inline constexpr int max_row_slots = 32768;

// The class of the first element of value j of the quad whose number in the row is `quad`.
template <class V>
GUMBELCUDA_INLINE std::uint64_t class_of(std::uint64_t quad, int j) {
  return quad * quad_size + std::uint64_t(j * lane<V>::width);
}

// If all rows have one seed, the key of the noise is the same for all threads, and takes no registers on a GPU.
template <class Part>
GUMBELCUDA_INLINE row_noise noise_of_row(const Part&, const noise_address& noise, std::uint64_t row) {
  if constexpr (requires { requires Part::shared_noise; }) {
    noise_address of_call = noise;
    of_call.row_seed = of_call.row_offset = nullptr;
    return noise_of_row(of_call, row);
  } else {
    return noise_of_row(noise, row);
  }
}

template <class Part>
inline constexpr bool in_registers = is_fixed<decltype(std::declval<const Part&>().quads())>;

// Whether to work on this part's quad n. Padded: the caller can do with a quad past the row's end, too.
template <bool Padded, class Part>
GUMBELCUDA_INLINE bool takes(const Part& part, std::int64_t n) {
  if constexpr (Padded && requires { part.in_step(n); })
    return part.in_step(n);
  else
    return part.has(n);
}
template <class Part>
GUMBELCUDA_INLINE auto classes_of_quad(const Part& part, std::int64_t n) {
  if constexpr (requires { part.classes_of_quad(n); })
    return part.classes_of_quad(n);
  else
    return fixed<quad_size>{};
}

// Calls body(n) for a part's quads in order.
template <bool Padded = false, class Part, class Body>
GUMBELCUDA_INLINE void for_each_quad(const Part& part, Body body) {
  if constexpr (in_registers<Part>) {
    GUMBELCUDA_UNROLL
    for (int n = 0; n < part.quads(); ++n)
      if (takes<Padded>(part, n)) body(std::int64_t(n));
  } else {
    for (std::int64_t n = 0; n < part.quads(); ++n)
      if (part.has(n)) body(n);
  }
}

// Adds slots, a power of two of them, in halves as they come: one_slot(i, sum) is called in the order in which halves
// meet (0, S/2, S/4, 3·S/4, …), so that few sums are open at a time. The total is left in `sum`.
template <class V, int Slots, class OneSlot>
GUMBELCUDA_INLINE void add_slots_in_turn(fixed<Slots>, V* sum, OneSlot one_slot) {
  constexpr int levels = std::bit_width(unsigned(Slots)) - 1;
  V open[std::size_t(levels) + 1][quad_size] = {};
  GUMBELCUDA_ROLLED
  for (int turn = 0; turn < Slots; ++turn) {
    int slot = 0;
    GUMBELCUDA_UNROLL
    for (int level = 0; level < levels; ++level) slot += (turn >> level & 1) * (Slots >> (level + 1));
    one_slot(slot, sum);
    bool complete = true;  // whether this slot completes the half on the level below
    GUMBELCUDA_UNROLL
    for (int level = 0; level < levels; ++level) {
      const bool second = (turn >> level & 1) != 0;
      GUMBELCUDA_UNROLL
      for (int j = 0; j < quad_size; ++j) {
        if (complete && second) sum[j] = open[level][j] + sum[j];
        if (complete && !second) open[level][j] = sum[j];
      }
      complete = complete && second;
    }
  }
}

// Σ over the row. terms(n, t) gives the four terms of this part's quad n. Padded: none of them is −0, and past the
// row's end they are 0. `slots`: capacity for 4·slot_quads values.
template <bool Padded = false, class V, class Part, class Terms>
GUMBELCUDA_INLINE scalar_of<V> row_sum(const Part& part, V* slots, Terms terms) {
  const auto add_terms = [&](std::int64_t n, V* sum) {
    if (!part.has(n)) return;
    V t[quad_size];
    terms(n, t);
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) sum[j] = sum[j] + t[j];
  };
  if constexpr (in_registers<Part>) {
    GUMBELCUDA_UNROLL
    for (int i = 0; i < quad_size * part.slot_quads; ++i) slots[i] = V(0);
    GUMBELCUDA_UNROLL
    for (int n = 0; n < part.slot_quads; ++n)
      if constexpr (Padded) {
        if (takes<true>(part, n)) terms(n, slots + quad_size * n);
      } else {
        add_terms(n, slots + quad_size * n);
      }
    add_slots<quad_size>(fixed<quad_size* decltype(part.quads()){}>{}, [&](int i) -> V& { return slots[i]; });
  } else if constexpr (is_fixed<std::remove_cvref_t<decltype(part.slot_quads)>>) {
    V sum[quad_size];
    add_slots_in_turn(part.slot_quads, sum, [&](int slot, V* one) {
      GUMBELCUDA_UNROLL
      for (int j = 0; j < quad_size; ++j) one[j] = V(0);
      GUMBELCUDA_ROLLED
      for (std::int64_t n = slot; n < part.quads(); n += part.slot_quads) add_terms(n, one);
    });
    return part.add(sum);
  } else {
    for (int slot = 0; slot < part.slot_quads; ++slot) {
      V sum[quad_size] = {V(0), V(0), V(0), V(0)};
      for (std::int64_t n = slot; n < part.quads(); n += part.slot_quads) add_terms(n, sum);
      for (int j = 0; j < quad_size; ++j) slots[quad_size * slot + j] = sum[j];
    }
    // Slots up to the next power of two would be 0, so the additions that would bring them in are omitted.
    int half = 1;  // in quads
    while (2 * half < part.slot_quads) half *= 2;
    for (; half >= 1 && half < part.slot_quads; half /= 2) {
      const int others = part.slot_quads - half < half ? part.slot_quads - half : half;
      for (int i = 0; i < others; ++i) {
        V* const to = slots + quad_size * i;
        V sum[quad_size];
        for (int j = 0; j < quad_size; ++j) sum[j] = to[j] + to[quad_size * half + j];
        for (int j = 0; j < quad_size; ++j) to[j] = sum[j];
      }
    }
  }
  return part.add(slots);
}

// The sum of the last four slots.
template <class V>
GUMBELCUDA_INLINE V add_quad(V* slots) {
  add_slots(fixed<quad_size>{}, [&](int j) -> V& { return slots[j]; });
  return slots[0];
}

// The part that is the whole row.
struct whole_row {
  std::int64_t row_quads;
  int slot_quads;

  explicit whole_row(std::uint64_t classes)
      : row_quads(std::int64_t((classes + quad_size - 1) / quad_size)),
        slot_quads(int(row_quads < max_row_slots / quad_size ? row_quads : max_row_slots / quad_size)) {}
  std::int64_t quads() const { return row_quads; }
  std::int64_t rounds() const { return row_quads; }
  std::uint64_t quad(std::int64_t n) const { return std::uint64_t(n); }
  bool has(std::int64_t n) const { return n < row_quads; }
  template <class T>
  T max(T x) const {
    return x;
  }
  std::uint64_t min(std::uint64_t i) const { return i; }
  std::uint64_t sum(std::uint64_t i) const { return i; }
  bool any_nearby(bool b) const { return b; }
  class best {
   public:
    void raise(float x) { best_ = x > best_ ? x : best_; }
    float latest() const { return best_; }

   private:
    float best_ = -INFINITY;
  };
  best best_so_far() const { return {}; }
  bool is_leader() const { return true; }
  template <class V>
  V add(V* slots) const {
    return add_quad(slots);
  }
};

GUMBELCUDA_MATH_END
