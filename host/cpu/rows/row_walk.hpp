// SPDX-License-Identifier: Apache-2.0
// How the instruction set being compiled walks a row (in vectors or class by class), and in which memory.
#pragma once

#include "gumbelcuda/detail/rows/with_stored.hpp"
#include "host/cpu/targets/isa.hpp"
#ifdef GUMBELCUDA_VECTORS
#include "host/cpu/rows/simd_noise.hpp"
#else
#include "gumbelcuda/detail/rows/gumbel.hpp"
#endif

GUMBELCUDA_MATH_BEGIN

#ifndef GUMBELCUDA_VECTORS
template <class Stored>
struct row_walk {
  using part = whole_row;
  using memory = direct_memory<Stored>;
};
#endif

template <class Stored>
using part_of = typename row_walk<Stored>::part;
template <class Stored>
using memory_of = typename row_walk<Stored>::memory;
template <class Stored>
using value_of = typename memory_of<Stored>::V;

// Two values per class, and the slots of a sum.
template <class V>
struct row_scratch {
  quads_in_memory<V> first, second;
  V* slots;
  template <class Part>
  row_scratch(void* memory, const Part& part) {
    first.values = static_cast<V*>(memory);
    second.values = first.values + part.quads() * quad_size;
    slots = second.values + part.quads() * quad_size;
  }
};

// with_stored(), but without float64 if a narrower instruction set handles that.
template <class Body>
inline void with_own_stored(number_type type, Body body) {
#ifdef GUMBELCUDA_NARROWER_ISA
  switch (type) {
    case number_type::float32:
      return body(float{});
    case number_type::float16:
      return body(float16{});
    default:
      return body(bfloat16{});
  }
#else
  with_stored(type, body);
#endif
}

GUMBELCUDA_MATH_END
