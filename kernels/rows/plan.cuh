// SPDX-License-Identifier: Apache-2.0
// How many threads a row gets, and how much of it each thread caches in registers between its sweeps. This depends on
// the row's length and the size of a number. It follows from arithmetic and the assembler's report, not from
// measurement: 32 floats cached once or twice, or 16 doubles, fit into the registers of a thread in a block of this
// size.
#pragma once

#include "kernels/rows/staged_memory.cuh"

namespace gumbelcuda {

template <int Threads, int Quads, int Block, bool Looped = false>
struct row_plan {
  using part = row_threads<Threads, Quads, Looped>;
  static constexpr int block = Block, rows_per_block = Block / Threads;
  static constexpr int blocks_of_row = 1;
  static constexpr bool staged = Threads == 1, strided_classes = false, kept_in_shared = false;
  // 0: let ptxas choose. For long rows it would choose two, and spill.
  static constexpr int blocks_at_once = Looped ? 1 : 0;
};

// For rows with strided classes.
template <class Task>
bool has_strided_classes(const Task& task) {
  bool strided = false;
  for_each_field<Task>([&](const auto& field) {
    const auto& member = task.*field.member;
    if constexpr (requires { member.class_stride; }) strided = strided || (member.data && class_stride_of(member) > 1);
  });
  return strided;
}
template <class Plan>
struct strided_plan : Plan {
  static constexpr bool strided_classes = true;
};

// For rows with noise of their own: the keys of their noise take registers, which other rows should not lose.
inline bool has_row_noise(const noise_address& noise) { return noise.row_seed || noise.row_offset; }
template <class Plan>
struct seeded_plan : Plan {
  using part = seeded_threads<typename Plan::part>;
};

// One block per row, of any length.
template <class V>
inline constexpr int long_row_threads = sizeof(V) == sizeof(double) ? 256 : 512;
template <class V>
using long_row_plan =
    row_plan<long_row_threads<V>, max_row_slots / quad_size / long_row_threads<V>, long_row_threads<V>, true>;

// The same for rows whose numbers fit into a block's shared memory, so that they need not be computed for each sweep.
template <class Plan>
struct kept_plan : Plan {
  static constexpr bool kept_in_shared = true;
};
// Per block, if so many blocks of so many threads share a row.
template <class V>
std::size_t kept_bytes(std::uint64_t classes, int blocks, int threads) {
  const std::uint64_t of_round = std::uint64_t(quad_size) * unsigned(blocks) * unsigned(threads);
  return std::size_t((classes + of_round - 1) / of_round) * std::size_t(quad_size * threads) * sizeof(V);
}
template <class V>
bool can_be_kept(std::uint64_t classes, int blocks, int threads) {
  const std::size_t most = most_dynamic_shared_bytes();
  return classes / unsigned(blocks) < most &&  // of very many classes the bytes would overflow
         kept_bytes<V>(classes, blocks, threads) <= most;
}
// Calls body(plan), or body(plan, bytes) with the plan that keeps the row in so many bytes of shared memory.
template <class V, class Plan, class Body>
launch_status kept_if_possible(std::uint64_t classes, Plan plan, Body body) {
  if constexpr (Plan::part::is_looped)
    if (can_be_kept<V>(classes, 1, Plan::block)) return body(kept_plan<Plan>{}, kept_bytes<V>(classes, 1, Plan::block));
  return body(plan);
}

// Calls body(row_plan) with the plan for rows of `classes`, of which a thread caches CachedPerClass numbers each.
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

// The same with fewer plans, for rarer operations: a third as many kernels to compile.
template <class V, class Body>
launch_status with_coarse_row_plan(std::uint64_t classes, Body body) {
  constexpr int quads = sizeof(V) == sizeof(double) ? 4 : 8;
  if (classes <= 16) return body(row_plan<1, 4, 128>{});
  if (classes <= 32 * quads * quad_size) return body(row_plan<32, quads, 128>{});
  return body(long_row_plan<V>{});
}

// For operations that cache nothing of a row and compute much for each class: the code of a quad exists once.
template <class V, class Body>
launch_status with_looped_row_plan(std::uint64_t classes, Body body) {
  if (classes <= 1024) return body(row_plan<warp_size, 8, 128, true>{});
  return body(long_row_plan<V>{});
}

// For rows with strided classes. If each quad had its own code, it would also have its own four addresses.
template <class V, class Body>
launch_status with_strided_row_plan(std::uint64_t classes, Body body) {
  if (classes <= 16) return body(strided_plan<row_plan<1, 4, 128>>{});
  return with_looped_row_plan<V>(classes, [&](auto plan) { return body(strided_plan<decltype(plan)>{}); });
}

// For rows with seeds of their own, whether their classes are strided or not.
template <class V, class Body>
launch_status with_seeded_row_plan(std::uint64_t classes, Body body) {
  return with_looped_row_plan<V>(classes, [&](auto plan) { return body(seeded_plan<strided_plan<decltype(plan)>>{}); });
}

// For operations that cache a number per class if possible, and compute much for it: few quads per thread.
template <class V, class Body>
launch_status with_shallow_row_plan(std::uint64_t classes, Body body) {
  if (classes <= 256) return body(row_plan<warp_size, 2, 128>{});
  constexpr int threads = long_row_threads<V>;
  if (classes <= threads * 2 * quad_size) return body(row_plan<threads, 2, threads>{});
  return body(long_row_plan<V>{});
}

}  // namespace gumbelcuda
