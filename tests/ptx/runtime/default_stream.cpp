// SPDX-License-Identifier: Apache-2.0
#include "tests/ptx/runtime/default_stream.hpp"

namespace gumbelcuda::ptx {

using fake_cuda::world;

cudaError_t on_default_stream(fake_cuda::api_call& call, const std::function<void()>& work) {
  if (call.fails()) return call.result();
  world& w = world::get();
  const int device = fake_cuda::current_device();
  bool waits_for_capture = false;
  for (const cudaStream_t stream : w.streams)
    if (stream->device == device && stream->waits_for_default)
      waits_for_capture |= fake_cuda::disturbs_capture_of(stream) != cudaSuccess;
  if (waits_for_capture) return call.result(cudaErrorStreamCaptureImplicit);
  for (const cudaStream_t stream : w.streams)
    if (stream->device == device && stream->waits_for_default) w.do_work(stream, stream->queued);
  CUstream_st default_stream{device, {}};
  default_stream.pending.push_back(work);
  w.do_work(&default_stream, 1);
  return call.result(w.broken);
}

}  // namespace gumbelcuda::ptx

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
