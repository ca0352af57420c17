// SPDX-License-Identifier: Apache-2.0
// CUDA's error codes as exceptions. check() names the call that failed; where the device is known, messages add advice.
#pragma once

#include <cuda_runtime_api.h>

#include "gumbelcuda/error.hpp"
#include "gumbelcuda/fleet.hpp"

namespace gumbelcuda {

class cuda_failure : public device_error {
 public:
  cuda_failure(cudaError_t code, const char* call);
  cudaError_t code() const noexcept { return code_; }

 private:
  cudaError_t code_;
};

inline void check(cudaError_t code, const char* call) {
  if (code != cudaSuccess) throw cuda_failure(code, call);
}

// "device 0 (NVIDIA H100 80GB HBM3)"
std::string device_text(const cuda_device& device);

// "NVIDIA H100 80GB HBM3, sm_90"; each kind once.
std::string target_text_of(const std::vector<cuda_device>& devices);

// Throws the failure on this device as an exception of the library: out_of_memory, no_device or device_error.
[[noreturn]] void throw_failure_of(const cuda_device& device, const cuda_failure& failure);

// Why devices could not even be counted, and what the user can do.
std::string no_device_text(const cuda_failure& failure);

}  // namespace gumbelcuda
