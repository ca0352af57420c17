// SPDX-License-Identifier: Apache-2.0
// How many threads a row gets, and how much of it each keeps in registers between its sweeps: by its length and the
// size of a number. By arithmetic and the assembler's report, not by measurement: a thread that keeps 32 floats once or
// twice, or 16 doubles, fits into the registers that it has when the block is of this size.
#pragma once

#include "kernels/staged_memory.cuh"

namespace gumbelcuda {

template <int Threads, int Quads, int Block, bool Long = false>
struct row_plan {
  using part = row_threads<Threads, Quads, Long>;
  static constexpr int block = Block, rows_per_block = Block / Threads;
  static constexpr bool staged = Threads == 1;
  // 0: as the assembler likes. For long rows it would like two, and spill.
  static constexpr int blocks_at_once = Long ? 1 : 0;
};

// Calls body(row_plan) with the plan for rows of so many classes, of each of which a thread keeps KeptPerClass numbers.
template <class V, int KeptPerClass, class Body>
launch_status with_row_plan(std::uint64_t classes, Body body) {
  constexpr int quads = sizeof(V) == sizeof(double) ? 4 : 8;
  if (classes <= 4) return body(row_plan<1, 1, 128>{});
  if (classes <= 8) return body(row_plan<1, 2, 128>{});
  if (classes <= 16) return body(row_plan<1, 4, 128>{});
  if (classes <= 64) return body(row_plan<8, 2, 128>{});
  if (classes <= 256) return body(row_plan<32, 2, 128>{});
  if (classes <= 32 * quads * quad_size) return body(row_plan<32, quads, 128>{});
  if (classes <= 256 * quads * quad_size) return body(row_plan<256, quads, 256>{});
  if constexpr (sizeof(V) * KeptPerClass <= sizeof(float))
    if (classes <= 512 * quads * quad_size) return body(row_plan<512, quads, 512>{});
  constexpr int threads = 64 * quads;
  return body(row_plan<threads, max_row_slots / quad_size / threads, threads, true>{});
}

// The same with fewer plans, for what is called more rarely: a third of the kernels to compile.
template <class V, class Body>
launch_status with_coarse_row_plan(std::uint64_t classes, Body body) {
  constexpr int quads = sizeof(V) == sizeof(double) ? 4 : 8, threads = 64 * quads;
  if (classes <= 16) return body(row_plan<1, 4, 128>{});
  if (classes <= 32 * quads * quad_size) return body(row_plan<32, quads, 128>{});
  return body(row_plan<threads, max_row_slots / quad_size / threads, threads, true>{});
}

}  // namespace gumbelcuda
