// SPDX-License-Identifier: Apache-2.0
// How many threads a row gets, and how much of it each keeps in registers between its sweeps: by its length and the
// size of a number. By arithmetic and the assembler's report, not by measurement: a thread that keeps 32 floats once or
// twice, or 16 doubles, fits into the registers that it has when the block is of this size.
#pragma once

#include "kernels/rows/staged_memory.cuh"

namespace gumbelcuda {

template <int Threads, int Quads, int Block, bool Looped = false>
struct row_plan {
  using part = row_threads<Threads, Quads, Looped>;
  static constexpr int block = Block, rows_per_block = Block / Threads;
  static constexpr bool staged = Threads == 1, strided_classes = false;
  // 0: as the assembler likes. For long rows it would like two, and spill.
  static constexpr int blocks_at_once = Looped ? 1 : 0;
};

// For rows whose classes lie apart.
template <class Plan>
struct strided_plan : Plan {
  static constexpr bool strided_classes = true;
};

// For rows that have seeds of their own: the keys of their noise take registers, which others need not give up.
inline bool has_row_noise(const noise_address& noise) { return noise.row_seed || noise.row_offset; }
template <class Plan>
struct seeded_plan : Plan {
  using part = seeded_threads<typename Plan::part>;
};

// A block a row, of any length.
template <class V>
inline constexpr int long_row_threads = sizeof(V) == sizeof(double) ? 256 : 512;
template <class V>
using long_row_plan =
    row_plan<long_row_threads<V>, max_row_slots / quad_size / long_row_threads<V>, long_row_threads<V>, true>;

// Calls body(row_plan) with the plan for rows of so many classes, of each of which a thread keeps CachedPerClass
// numbers.
template <class V, int CachedPerClass, class Body>
launch_status with_row_plan(std::uint64_t classes, Body body) {
  constexpr int quads = sizeof(V) == sizeof(double) ? 4 : 8;
  if (classes <= 4) return body(row_plan<1, 1, 128>{});
  if (classes <= 8) return body(row_plan<1, 2, 128>{});
  if (classes <= 16) return body(row_plan<1, 4, 128>{});
  if (classes <= 64) return body(row_plan<8, 2, 128>{});
  if (classes <= 256) return body(row_plan<32, 2, 128>{});
  if (classes <= 32 * quads * quad_size) return body(row_plan<32, quads, 128>{});
  if (classes <= 256 * quads * quad_size) return body(row_plan<256, quads, 256>{});
  if constexpr (sizeof(V) * CachedPerClass <= sizeof(float))
    if (classes <= 512 * quads * quad_size) return body(row_plan<512, quads, 512>{});
  return body(long_row_plan<V>{});
}

// The same with fewer plans, for what is called more rarely: a third of the kernels to compile.
template <class V, class Body>
launch_status with_coarse_row_plan(std::uint64_t classes, Body body) {
  constexpr int quads = sizeof(V) == sizeof(double) ? 4 : 8;
  if (classes <= 16) return body(row_plan<1, 4, 128>{});
  if (classes <= 32 * quads * quad_size) return body(row_plan<32, quads, 128>{});
  return body(long_row_plan<V>{});
}

// For what keeps nothing of a row and computes much for each class: the code of a quad is there once.
template <class V, class Body>
launch_status with_looped_row_plan(std::uint64_t classes, Body body) {
  if (classes <= 1024) return body(row_plan<warp_size, 8, 128, true>{});
  return body(long_row_plan<V>{});
}

// For rows whose classes lie apart. Were the code there for each quad, so were its four addresses.
template <class V, class Body>
launch_status with_strided_row_plan(std::uint64_t classes, Body body) {
  if (classes <= 16) return body(strided_plan<row_plan<1, 4, 128>>{});
  return with_looped_row_plan<V>(classes, [&](auto plan) { return body(strided_plan<decltype(plan)>{}); });
}

// For rows that have seeds of their own, whether their classes lie apart or not.
template <class V, class Body>
launch_status with_seeded_row_plan(std::uint64_t classes, Body body) {
  return with_looped_row_plan<V>(classes, [&](auto plan) { return body(seeded_plan<strided_plan<decltype(plan)>>{}); });
}

// For what keeps a number of each class as long as it can, and computes much for it: few quads a thread.
template <class V, class Body>
launch_status with_shallow_row_plan(std::uint64_t classes, Body body) {
  if (classes <= 256) return body(row_plan<warp_size, 2, 128>{});
  constexpr int threads = long_row_threads<V>;
  if (classes <= threads * 2 * quad_size) return body(row_plan<threads, 2, threads>{});
  return body(long_row_plan<V>{});
}

}  // namespace gumbelcuda
