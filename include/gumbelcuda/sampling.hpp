// SPDX-License-Identifier: Apache-2.0
// Gumbel noise, Gumbel-max and Gumbel-softmax with its backward pass, for batches of rows of classes, on the CPU and on
// CUDA devices with the same bits. Drawn noise never touches memory: what the backward pass needs is computed again.
//
//   gumbelcuda::gumbel_softmax_task task{.rows = 128, .classes = 1000, .logits = {logits}, .y = {y}};
//   task.temperature = &temperature;
//   gumbelcuda::gumbel_softmax(task);
//
// Every function checks its arguments, throws invalid_argument naming the first that is wrong, and has then done
// nothing. no_device and out_of_memory are thrown too; what fails on a device later, its stream says. No rows is
// success. On a CUDA device it returns before the work is done; it allocates nothing, so that it can be captured in a
// CUDA graph.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

#include "gumbelcuda/error.hpp"
#include "gumbelcuda/export.h"
#include "gumbelcuda/fleet.hpp"
#include "gumbelcuda/rows/tasks.hpp"

namespace gumbelcuda {

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

// Throw invalid_argument for what no operation would take.
GUMBELCUDA_API void validate(const row_execution& execution);
GUMBELCUDA_API void validate(const noise_address& noise);

GUMBELCUDA_API void gumbel_noise(const gumbel_noise_task& task, const row_execution& execution = {});
GUMBELCUDA_API void gumbel_max(const gumbel_max_task& task, const row_execution& execution = {});
GUMBELCUDA_API void gumbel_softmax(const gumbel_softmax_task& task, const row_execution& execution = {});
GUMBELCUDA_API void gumbel_softmax_vjp(const gumbel_softmax_vjp_task& task, const row_execution& execution = {});

// *device_offset += words rounded up to a multiple of 4, in the order of the stream.
GUMBELCUDA_API void advance_noise(std::uint64_t* device_offset, std::uint64_t words,
                                  const row_execution& execution = {});

}  // namespace gumbelcuda
