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

bool may_ask_for_pointers(void* stream) {
  // It answers with an error for the default stream while another one is captured.
  cudaStreamCaptureStatus status = cudaStreamCaptureStatusNone;
  return succeeded(cudaStreamIsCapturing(static_cast<cudaStream_t>(stream), &status)) &&
         status == cudaStreamCaptureStatusNone;
}

bool is_plain_host_memory(const void* pointer) {
  cudaPointerAttributes attributes{};
  if (!succeeded(cudaPointerGetAttributes(&attributes, pointer)) || attributes.type != cudaMemoryTypeUnregistered)
    return false;
  int device = 0, reaches_all = 0;
  return succeeded(cudaGetDevice(&device)) &&
         succeeded(cudaDeviceGetAttribute(&reaches_all, cudaDevAttrPageableMemoryAccess, device)) && reaches_all == 0;
}

}  // namespace gumbelcuda
