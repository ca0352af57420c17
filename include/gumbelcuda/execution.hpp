// SPDX-License-Identifier: Apache-2.0
// Where a call runs: on the CPU or on a CUDA device, on which threads or stream, with which scratch memory.
//
// Every operation on rows checks its arguments first. For the first one that is wrong it throws invalid_argument, and
// has done nothing. It may also throw no_device, out_of_memory and device_error. An error that occurs on a device later
// is reported by its stream. A call without rows succeeds. On a CUDA device a call returns before the work is done; it
// allocates nothing, so it can be captured in a CUDA graph.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

#include "gumbelcuda/error.hpp"
#include "gumbelcuda/export.h"

namespace gumbelcuda {

// automatic: CUDA if this build has it and the machine has a device for it, otherwise the CPU. It is also the CPU if
// fleet_execution says how the CPU is to train (threads, cpu_target), and CUDA if it names CUDA devices.
enum class backend_kind { automatic, cpu, cuda };

// Memory that the CPU needs besides the arrays of a call, kept from call to call: at most 24 bytes per class and
// thread. A call on one thread allocates nothing if its scratch memory is large enough. Only one call at a time may use
// it.
class scratch_memory {
 public:
  // Returns at least `bytes` bytes of any content, at a multiple of 64. Throws std::bad_alloc.
  void* at_least(std::size_t bytes) {
    if (bytes <= bytes_) return memory_.get();
    memory_.reset();
    bytes_ = 0;
    if (bytes > PTRDIFF_MAX) throw std::bad_alloc();
    memory_.reset(::operator new(bytes, alignment));
    bytes_ = bytes;
    return memory_.get();
  }

 private:
  static constexpr std::align_val_t alignment{64};
  struct give_back {
    void operator()(void* memory) const noexcept { ::operator delete(memory, alignment); }
  };
  std::unique_ptr<void, give_back> memory_;
  std::size_t bytes_ = 0;
};

// Where the arrays of a call lie, and what works on them.
struct row_execution {
  backend_kind backend = backend_kind::cpu;  // cpu or cuda
  int threads = 0;                           // of the CPU; 0 for as many as the process may use
  void* stream = nullptr;                    // a cudaStream_t of the current device
  scratch_memory* scratch = nullptr;         // of the CPU; if null, each call allocates its own
};

// Throws invalid_argument if no operation would accept `execution`.
GUMBELCUDA_API void validate(const row_execution& execution);

}  // namespace gumbelcuda
