// SPDX-License-Identifier: Apache-2.0
#include "host/cuda/pointers.hpp"

#include "host/cuda/handles.hpp"

namespace gumbelcuda {
namespace {

bool succeeded(cudaError_t code) {
  quietly(code);
  return code == cudaSuccess;
}

// The runtime's documentation does not say which calls would invalidate a stream capture in progress. In this mode a
// thread may make any call that does not touch what is captured.
class relaxed_mode {
 public:
  relaxed_mode() : entered_(succeeded(cudaThreadExchangeStreamCaptureMode(&mode_))) {}
  ~relaxed_mode() {
    if (entered_) quietly(cudaThreadExchangeStreamCaptureMode(&mode_));
  }
  relaxed_mode(const relaxed_mode&) = delete;
  relaxed_mode& operator=(const relaxed_mode&) = delete;
  bool entered() const { return entered_; }

 private:
  cudaStreamCaptureMode mode_ = cudaStreamCaptureModeRelaxed;  // later the previous mode
  const bool entered_;
};

}  // namespace

bool is_plain_host_memory(const void* pointer) {
  const relaxed_mode relaxed;
  cudaPointerAttributes attributes{};
  if (!relaxed.entered() || !succeeded(cudaPointerGetAttributes(&attributes, pointer)) ||
      attributes.type != cudaMemoryTypeUnregistered)
    return false;
  int device = 0, reaches_all = 0;
  return succeeded(cudaGetDevice(&device)) &&
         succeeded(cudaDeviceGetAttribute(&reaches_all, cudaDevAttrPageableMemoryAccess, device)) && reaches_all == 0;
}

}  // namespace gumbelcuda
