// SPDX-License-Identifier: Apache-2.0
#include "host/cuda/pointers.hpp"

#include "host/cuda/handles.hpp"

namespace gumbelcuda {
namespace {

bool succeeded(cudaError_t code) {
  quietly(code);
  return code == cudaSuccess;
}

}  // namespace

// The runtime's documentation does not say which calls would invalidate a stream capture in progress. In relaxed mode a
// thread may make any call that does not touch what is captured.
pointer_check::pointer_check() {
  cudaStreamCaptureMode mode = cudaStreamCaptureModeRelaxed;
  entered_ = succeeded(cudaThreadExchangeStreamCaptureMode(&mode));
  mode_ = int(mode);
}
pointer_check::~pointer_check() {
  auto mode = cudaStreamCaptureMode(mode_);
  if (entered_) quietly(cudaThreadExchangeStreamCaptureMode(&mode));
}

bool pointer_check::is_plain_host_memory(const void* pointer) const {
  cudaPointerAttributes attributes{};
  if (!entered_ || !succeeded(cudaPointerGetAttributes(&attributes, pointer)) ||
      attributes.type != cudaMemoryTypeUnregistered)
    return false;
  int device = 0, reaches_all = 0;
  return succeeded(cudaGetDevice(&device)) &&
         succeeded(cudaDeviceGetAttribute(&reaches_all, cudaDevAttrPageableMemoryAccess, device)) && reaches_all == 0;
}

}  // namespace gumbelcuda
