// SPDX-License-Identifier: Apache-2.0
// CUDA's device functions that involve other threads, with CUDA's names: barriers, warp operations, atomics. As in
// CUDA, they are in the global namespace and not `static`.
#pragma once

#include <bit>
#include <concepts>
#include <cstring>
#include <memory>
#include <source_location>
#include <type_traits>

#include "tests/simt/machine.hpp"
#include "tests/simt/shared_memory.hpp"

inline constinit thread_local uint3 threadIdx{};
inline constinit thread_local uint3 blockIdx{};
inline constinit thread_local dim3 blockDim{};
inline constinit thread_local dim3 gridDim{};
inline constexpr int warpSize = 32;

namespace gumbelcuda::simt {

template <class T>
concept shuffled = std::is_arithmetic_v<T> &&(sizeof(T) == 4 || sizeof(T) == 8);

template <shuffled T>
std::uint64_t to_bits(T value) {
  if constexpr (sizeof(T) == 4) {
    return std::bit_cast<std::uint32_t>(value);
  } else {
    return std::bit_cast<std::uint64_t>(value);
  }
}

template <shuffled T>
T from_bits(std::uint64_t bits) {
  if constexpr (sizeof(T) == 4) {
    return std::bit_cast<T>(std::uint32_t(bits));
  } else {
    return std::bit_cast<T>(bits);
  }
}

template <shuffled T>
T shuffle(operation what, unsigned mask, T value, unsigned argument, int width, const std::source_location& where) {
  machine& m = machine::running();
  if (width < 1 || width > 32 || !std::has_single_bit(unsigned(width))) {
    m.fail(error_kind::shuffle_width, "width " + std::to_string(width), &where);
  }
  return from_bits<T>(
      m.warp_operation({what, mask, to_bits(value), unsigned(sizeof(T)), argument, unsigned(width), where}));
}

template <shuffled T>
std::uint64_t ask_warp(operation what, unsigned mask, T value, const std::source_location& where) {
  return machine::running().warp_operation({what, mask, to_bits(value), sizeof(T), 0, lanes_per_warp, where});
}

inline int ask_block(operation what, int value, const std::source_location& where) {
  return int(machine::running().barrier({what, 0, to_bits(value), sizeof(int), 0, lanes_per_warp, where}));
}

template <class Pointer>
using pointed_to = typename std::pointer_traits<Pointer>::element_type;
template <class Pointer, class... Types>
concept points_to_one_of = (std::same_as<pointed_to<Pointer>, Types> || ...);
template <class Pointer>
concept points_to_integer = points_to_one_of<Pointer, int, unsigned, unsigned long long>;

// Device integers wrap around.
template <class T>
T wrapping_sum(T a, T b) {
  if constexpr (std::is_signed_v<T> && std::is_integral_v<T>) {
    using U = std::make_unsigned_t<T>;
    return T(U(a) + U(b));
  } else {
    return a + b;
  }
}

// Lanes are never interrupted, so a plain operation is atomic.
template <class Pointer, class Change>
pointed_to<Pointer> atomic(Pointer at, const Change& change) {
  using T = pointed_to<Pointer>;
  T before;
  if constexpr (std::is_pointer_v<Pointer>) {
    before = *at;
    *at = change(before);
  } else {
    before = at.update(change);
  }
  const T after = change(before);
  machine::running().atomic_done(std::memcmp(&before, &after, sizeof(T)) != 0);
  return before;
}

}  // namespace gumbelcuda::simt

#define GUMBELCUDA_SIMT_WHERE const std::source_location& where = std::source_location::current()

// ---- the block
inline void __syncthreads(GUMBELCUDA_SIMT_WHERE) {
  gumbelcuda::simt::ask_block(gumbelcuda::simt::operation::barrier, 0, where);
}
#define GUMBELCUDA_SIMT_BARRIER(name)                                                                  \
  inline int __syncthreads_##name(int predicate, GUMBELCUDA_SIMT_WHERE) {                              \
    return gumbelcuda::simt::ask_block(gumbelcuda::simt::operation::barrier_##name, predicate, where); \
  }
GUMBELCUDA_SIMT_BARRIER(or)
GUMBELCUDA_SIMT_BARRIER(and)
GUMBELCUDA_SIMT_BARRIER(count)
#undef GUMBELCUDA_SIMT_BARRIER

// ---- the warp
inline void __syncwarp(unsigned mask = 0xffffffffu, GUMBELCUDA_SIMT_WHERE) {
  gumbelcuda::simt::ask_warp(gumbelcuda::simt::operation::sync, mask, 0, where);
}
inline unsigned __activemask(GUMBELCUDA_SIMT_WHERE) {
  return unsigned(gumbelcuda::simt::ask_warp(gumbelcuda::simt::operation::active_mask, 0, 0, where));
}

#define GUMBELCUDA_SIMT_SHUFFLE(name, operation_name, Argument)                                                    \
  template <gumbelcuda::simt::shuffled T>                                                                          \
  T name(unsigned mask, T value, Argument argument, int width = warpSize, GUMBELCUDA_SIMT_WHERE) {                 \
    return gumbelcuda::simt::shuffle(gumbelcuda::simt::operation::operation_name, mask, value, unsigned(argument), \
                                     width, where);                                                                \
  }
GUMBELCUDA_SIMT_SHUFFLE(__shfl_sync, shuffle_index, int)
GUMBELCUDA_SIMT_SHUFFLE(__shfl_up_sync, shuffle_up, unsigned)
GUMBELCUDA_SIMT_SHUFFLE(__shfl_down_sync, shuffle_down, unsigned)
GUMBELCUDA_SIMT_SHUFFLE(__shfl_xor_sync, shuffle_xor, int)
#undef GUMBELCUDA_SIMT_SHUFFLE

#define GUMBELCUDA_SIMT_WARP(Answer, name, operation_name, Value)                                               \
  inline Answer name(unsigned mask, Value value, GUMBELCUDA_SIMT_WHERE) {                                       \
    return Answer(gumbelcuda::simt::ask_warp(gumbelcuda::simt::operation::operation_name, mask, value, where)); \
  }
GUMBELCUDA_SIMT_WARP(unsigned, __ballot_sync, ballot, int)
GUMBELCUDA_SIMT_WARP(int, __any_sync, any, int)
GUMBELCUDA_SIMT_WARP(int, __all_sync, all, int)
GUMBELCUDA_SIMT_WARP(unsigned, __reduce_add_sync, add_unsigned, unsigned)
GUMBELCUDA_SIMT_WARP(unsigned, __reduce_min_sync, min_unsigned, unsigned)
GUMBELCUDA_SIMT_WARP(unsigned, __reduce_max_sync, max_unsigned, unsigned)
GUMBELCUDA_SIMT_WARP(int, __reduce_add_sync, add_unsigned, int)
GUMBELCUDA_SIMT_WARP(int, __reduce_min_sync, min_signed, int)
GUMBELCUDA_SIMT_WARP(int, __reduce_max_sync, max_signed, int)
GUMBELCUDA_SIMT_WARP(unsigned, __reduce_and_sync, bits_and, unsigned)
GUMBELCUDA_SIMT_WARP(unsigned, __reduce_or_sync, bits_or, unsigned)
GUMBELCUDA_SIMT_WARP(unsigned, __reduce_xor_sync, bits_xor, unsigned)
#undef GUMBELCUDA_SIMT_WARP

template <gumbelcuda::simt::shuffled T>
unsigned __match_any_sync(unsigned mask, T value, GUMBELCUDA_SIMT_WHERE) {
  return unsigned(gumbelcuda::simt::ask_warp(gumbelcuda::simt::operation::match_any, mask, value, where));
}
#undef GUMBELCUDA_SIMT_WHERE

// ---- atomics, on global memory (T*) and shared memory (shared_pointer<T>)
#define GUMBELCUDA_SIMT_ATOMIC(name, constraint, after)                                         \
  template <class Pointer>                                                                      \
  requires constraint auto name(Pointer at, gumbelcuda::simt::pointed_to<Pointer> by) {         \
    using T [[maybe_unused]] = gumbelcuda::simt::pointed_to<Pointer>;                           \
    return gumbelcuda::simt::atomic(at, [by]([[maybe_unused]] T value) -> T { return after; }); \
  }
GUMBELCUDA_SIMT_ATOMIC(atomicAdd,
                       (gumbelcuda::simt::points_to_one_of<Pointer, int, unsigned, unsigned long long, float, double>),
                       (gumbelcuda::simt::wrapping_sum(value, by)))
GUMBELCUDA_SIMT_ATOMIC(atomicMin, gumbelcuda::simt::points_to_integer<Pointer>, (by < value ? by : value))
GUMBELCUDA_SIMT_ATOMIC(atomicMax, gumbelcuda::simt::points_to_integer<Pointer>, (value < by ? by : value))
GUMBELCUDA_SIMT_ATOMIC(atomicAnd, gumbelcuda::simt::points_to_integer<Pointer>, (value & by))
GUMBELCUDA_SIMT_ATOMIC(atomicOr, gumbelcuda::simt::points_to_integer<Pointer>, (value | by))
GUMBELCUDA_SIMT_ATOMIC(atomicXor, gumbelcuda::simt::points_to_integer<Pointer>, (value ^ by))
GUMBELCUDA_SIMT_ATOMIC(atomicExch,
                       (gumbelcuda::simt::points_to_one_of<Pointer, int, unsigned, unsigned long long, float>), by)
#undef GUMBELCUDA_SIMT_ATOMIC

template <class Pointer>
requires gumbelcuda::simt::points_to_integer<Pointer>
auto atomicCAS(Pointer at, gumbelcuda::simt::pointed_to<Pointer> expected,
               gumbelcuda::simt::pointed_to<Pointer> desired) {
  using T = gumbelcuda::simt::pointed_to<Pointer>;
  return gumbelcuda::simt::atomic(at, [=](T value) -> T { return value == expected ? desired : value; });
}

// All lanes run on one OS thread, which sees its own writes in order. A kernel that waits for another lane's write
// polls here.
inline void __threadfence() { gumbelcuda::simt::machine::running().poll(); }
inline void __threadfence_block() { gumbelcuda::simt::machine::running().poll(); }
inline void __nanosleep(unsigned) { gumbelcuda::simt::machine::running().poll(); }
