// SPDX-License-Identifier: Apache-2.0
// What programs call that make no use of flags and wait for the whole device; host/cuda/ does neither.
#include <cuda_runtime.h>

#include "tests/simt/runtime/world.hpp"

using namespace gumbelcuda::fake_cuda;

cudaError_t cudaStreamCreate(cudaStream_t* stream) { return cudaStreamCreateWithFlags(stream, cudaStreamDefault); }

cudaError_t cudaEventCreate(cudaEvent_t* event) { return cudaEventCreateWithFlags(event, cudaEventDefault); }

// Of the current device, in all streams.
cudaError_t cudaDeviceSynchronize() {
  api_call call("cudaDeviceSynchronize");
  world& w = world::get();
  cudaError_t disturbed = cudaSuccess;
  for (const cudaStream_t stream : w.streams)
    if (stream->device == current_device() && disturbs_capture_of(stream) != cudaSuccess)
      disturbed = cudaErrorStreamCaptureUnsupported;
  if (disturbed != cudaSuccess) return call.result(disturbed);
  w.do_all(current_device());
  return call.result(w.broken);
}

cudaError_t cudaPeekAtLastError() { return last_error(); }
