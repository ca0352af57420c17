// SPDX-License-Identifier: Apache-2.0
// Where a call runs: on the CPU or on a CUDA device, on which threads or stream, with which scratch memory.
//
// Every operation on rows checks its arguments, throws invalid_argument naming the first that is wrong, and has then
// done nothing. no_device and out_of_memory are thrown too; what fails on a device later, its stream says. No rows is
// success. On a CUDA device a call returns before the work is done; it allocates nothing, so that it can be captured in
// a CUDA graph.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

#include "gumbelcuda/error.hpp"
#include "gumbelcuda/export.h"

namespace gumbelcuda {

// automatic: CUDA where this build has it and the machine has a device for it, otherwise the CPU. It is the CPU, too,
// where fleet_execution says how the CPU is to train (threads, cpu_target), and CUDA where it names CUDA devices.
enum class backend_kind { automatic, cpu, cuda };

// Memory that the CPU needs beside a task's own, kept from call to call: at most 24 bytes a class and thread. A call
// that is given one, on one thread, allocates nothing where it is large enough. One call at a time may use it.
class scratch_memory {
 public:
  // At least so many bytes, of any content, at a multiple of 64. Throws std::bad_alloc.
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

// Where the pointers of a task lead, and what works there.
struct row_execution {
  backend_kind backend = backend_kind::cpu;  // cpu or cuda
  int threads = 0;                           // of the CPU; 0: as many as the process may use
  void* stream = nullptr;                    // a cudaStream_t of the current device
  scratch_memory* scratch = nullptr;         // of the CPU; null: each call allocates its own
};

// Throws invalid_argument for what no operation would take.
GUMBELCUDA_API void validate(const row_execution& execution);

}  // namespace gumbelcuda
