// SPDX-License-Identifier: Apache-2.0
// Errors that the interpreter finds in a kernel. On a GPU each of these is undefined behaviour, a hang or a refused
// launch; here it is an exception that leaves launch() and says which thread of which block did what, and where.
#pragma once

#include <source_location>
#include <stdexcept>
#include <string>

#include "tests/simt/cuda_types.hpp"

namespace gumbelcuda::simt {

enum class error_kind {
  launch_shape,           // more threads, blocks or shared memory than CUDA allows
  outside_kernel,         // a device function was called while no kernel runs
  divergent_barrier,      // some threads wait at __syncthreads, others have ended or wait at another one
  deadlock,               // threads spin, and no thread makes progress
  mask_without_caller,    // a lane's mask omits the lane itself
  mask_names_ended_lane,  // ... names a lane that has ended, or that the block does not have
  mask_lane_elsewhere,    // ... names a lane that waits at another operation
  masks_differ,           // lanes of one operation give different masks
  shuffle_from_outside,   // a shuffle reads a lane that its mask omits
  shuffle_width,          // not 1, 2, 4, 8, 16 or 32
  shared_unwritten,       // a read of shared memory that no thread of this block has written
  shared_out_of_bounds,   // or in a block of the cluster that may not have begun, or may have ended
  shared_misaligned,
  shared_race,  // two threads access one element, at least one writes, and there is no barrier between
};

const char* name_of(error_kind kind);

class error : public std::runtime_error {
 public:
  error(error_kind kind, uint3 block, uint3 thread, const std::string& what, const std::source_location* where);

  [[nodiscard]] error_kind kind() const noexcept { return kind_; }
  [[nodiscard]] uint3 block() const noexcept { return block_; }
  [[nodiscard]] uint3 thread() const noexcept { return thread_; }

 private:
  error_kind kind_;
  uint3 block_;
  uint3 thread_;
};

}  // namespace gumbelcuda::simt
