// SPDX-License-Identifier: Apache-2.0
// Errors that the interpreter finds in compiled code. On a GPU most of them are undefined behaviour or a hang; here
// each is an exception that leaves launch() and says which lane did what, and in which line of which kernel.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace gumbelcuda::ptx {

enum class error_kind {
  unreadable,           // text that is not understood, or no text at all
  unknown_instruction,  // an instruction that the interpreter does not know
  launch_shape,         // more threads, blocks or shared memory than CUDA or the kernel allows
  out_of_bounds,        // an access that is not within one piece of memory
  misaligned,           // an address that is no multiple of the access's size
  unwritten_register,   // a lane reads a register that it has not written
  unwritten_memory,     // ... or shared or local memory that nobody has written
  lane_outside_mask,    // a lane's mask omits the lane itself, or the lane whose value it reads
  lane_never_arrives,   // a mask names a lane that has ended, does not exist, or waits elsewhere
  masks_differ,         // lanes of one operation give different masks
  divergent_barrier,    // some threads wait at a barrier, others have ended or wait at another one
};

const char* name_of(error_kind kind);

class error : public std::runtime_error {
 public:
  error(error_kind kind, const std::string& what) : std::runtime_error(what), kind_(kind) {}
  [[nodiscard]] error_kind kind() const noexcept { return kind_; }

 private:
  error_kind kind_;
};

struct instruction;
struct warp;

// `lane` is the lane of the warp that is to blame.
[[noreturn]] void fail(const warp& w, const instruction& at, error_kind kind, unsigned lane, const std::string& what);

}  // namespace gumbelcuda::ptx
