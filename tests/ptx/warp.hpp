// SPDX-License-Identifier: Apache-2.0
// A warp while it runs, and what its block shares. Each instruction is executed for all lanes that are at it; lanes
// that took different ways run lowest instruction first, so that those behind catch up.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/ptx/error.hpp"
#include "tests/ptx/function.hpp"
#include "tests/simt/cuda_types.hpp"

namespace gumbelcuda::ptx {

inline constexpr std::uint32_t all_lanes = ~0u;

struct memory_range {
  std::uintptr_t begin = 0, end = 0;
};

// What pointers to global memory may point to.
class global_memory {
 public:
  virtual ~global_memory() = default;
  // The piece of memory that this address is in; empty if there is none.
  [[nodiscard]] virtual memory_range piece_at(std::uintptr_t address) const = 0;
};

// Memory that knows which of its bytes have been written: shared memory, or the local memory of a block's threads.
struct tracked_memory {
  std::vector<unsigned char> bytes, written;
  void begin(std::size_t size);
};

struct block {
  dim3 index, grid, threads;
  block* cluster = nullptr;  // its first block; they are one array
  unsigned number_in_cluster = 0, blocks_of_cluster = 1;
  unsigned alive = 0;                             // threads that have not ended
  std::size_t shared_bytes = 0, local_bytes = 0;  // of the block; of a thread
  tracked_memory shared, local;
  std::vector<unsigned char> parameters;
  const global_memory* global = nullptr;
  memory_range last_piece;  // of global memory that was accessed
};

struct warp {
  const function* code = nullptr;
  block* of = nullptr;
  unsigned number = 0;
  unsigned char* registers = nullptr;
  std::uint32_t* written = nullptr;  // by slot: the lanes that have written this register

  std::uint32_t alive = 0;
  std::uint32_t at_warp_operation = 0;
  std::uint32_t at_barrier = 0;
  std::uint32_t arrived_at_cluster = 0;  // and may still run, until they wait
  std::uint32_t at_cluster_barrier = 0;
  std::uint32_t next[lanes_per_warp] = {};  // the instruction of each lane that does not run
  std::uint32_t mask[lanes_per_warp] = {};  // that a lane at a warp operation gave

  std::uint32_t executing = 0;                               // the lanes that execute this instruction
  alignas(64) std::int32_t takes_part[lanes_per_warp] = {};  // the same: -1 or 0 a lane

  template <class T>
  [[nodiscard]] T* lanes(slot at) const {
    return reinterpret_cast<T*>(registers + at * slot_bytes);
  }
};

void execute_only(warp& w, std::uint32_t lanes);

// Whether the lower half of a register of 64 bits has a value, while its upper half has none, stands at its second
// slot.
constexpr slot lower_half_of(slot wide) { return wide + 1; }

// A copy has a value in the executing lanes where the original has one: `written`.
inline void take_over_written(warp& w, slot copy, std::uint32_t written) {
  w.written[copy] = (w.written[copy] & ~w.executing) | (written & w.executing);
}

// Runs until each lane has ended or waits for others.
void run(warp& w);

void load(warp& w, const instruction& i);
void store(warp& w, const instruction& i);
void change_atomically(warp& w, const instruction& i);
void convert_address(warp& w, const instruction& i);
void address_in_other_block(warp& w, const instruction& i);
void pack(warp& w, const instruction& i);
void unpack(warp& w, const instruction& i);

// The lanes in `here` are at this warp operation. Executes it for those whose masks are complete, and returns these;
// the others must wait.
std::uint32_t warp_operation(warp& w, const instruction& i, std::uint32_t here);

// Calls each(lane) for the lanes of a mask.
template <class Each>
void for_each_lane(std::uint32_t lanes, const Each& each) {
  for (; lanes != 0; lanes &= lanes - 1) each(unsigned(__builtin_ctz(lanes)));
}

}  // namespace gumbelcuda::ptx
