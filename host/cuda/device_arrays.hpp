// SPDX-License-Identifier: Apache-2.0
// Arrays in the memory of the current CUDA device, for callers that call the operations on rows but know no CUDA. In a
// build without CUDA host/cuda/absent.cpp stands in.
#pragma once

#include <cstdint>
#include <memory>

namespace gumbelcuda {

class device_arrays {
 public:
  virtual ~device_arrays() = default;
  // A cudaStream_t: work on the arrays belongs there.
  virtual void* stream() const = 0;
  // A copy of these bytes in the device's memory, complete on return, there until clear().
  virtual void* upload(const void* from, std::uint64_t bytes) = 0;
  // What is there once the stream's work is done.
  virtual void download(void* to, const void* from, std::uint64_t bytes) = 0;
  virtual void clear() noexcept = 0;
};

// Throws no_device, error.
std::unique_ptr<device_arrays> make_device_arrays();

}  // namespace gumbelcuda
