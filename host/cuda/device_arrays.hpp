// SPDX-License-Identifier: Apache-2.0
// Arrays in the memory of the current CUDA device, for callers that run operations on rows but do not use CUDA
// themselves. In a build without CUDA, host/cuda/absent.cpp replaces this.
#pragma once

#include <cstdint>
#include <memory>

namespace gumbelcuda {

class device_arrays {
 public:
  virtual ~device_arrays() = default;
  // A cudaStream_t: run all work on the arrays there.
  virtual void* stream() const = 0;
  // Copies these bytes to the device's memory. The copy is complete on return and stays until clear().
  virtual void* upload(const void* from, std::uint64_t bytes) = 0;
  // Copies from the device, once the stream's work is done.
  virtual void download(void* to, const void* from, std::uint64_t bytes) = 0;
  virtual void clear() noexcept = 0;
};

// Throws no_device or device_error.
std::unique_ptr<device_arrays> make_device_arrays();

}  // namespace gumbelcuda
