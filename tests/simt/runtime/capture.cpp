// SPDX-License-Identifier: Apache-2.0
// What a capture forbids: the rules of cudaThreadExchangeStreamCaptureMode. tests/ptx/runtime/graphs.cpp begins and
// ends captures.
#include <utility>

#include "tests/simt/runtime/world.hpp"

namespace gumbelcuda::fake_cuda {
namespace {

bool forbids(const captured_work& capture) {
  const bool own = capture.thread == std::this_thread::get_id();
  return own ? capture.mode != cudaStreamCaptureModeRelaxed
             : capture.mode == cudaStreamCaptureModeGlobal && capture_mode_of_thread() == cudaStreamCaptureModeGlobal;
}

}  // namespace

cudaStreamCaptureMode& capture_mode_of_thread() {
  static thread_local cudaStreamCaptureMode mode = cudaStreamCaptureModeGlobal;
  return mode;
}

cudaError_t disturbs_captures() {
  if (capture_mode_of_thread() == cudaStreamCaptureModeRelaxed) return cudaSuccess;
  cudaError_t answer = cudaSuccess;
  for (const cudaStream_t stream : world::get().streams)
    if (stream->capture && forbids(*stream->capture)) answer = disturbs_capture_of(stream);
  return answer;
}

cudaError_t disturbs_capture_of(cudaStream_t stream) {
  if (world::get().streams.count(stream) == 0 || !stream->capture) return cudaSuccess;
  stream->capture->invalidated = true;
  world::get().complain("a capture was disturbed");
  return cudaErrorStreamCaptureUnsupported;
}

}  // namespace gumbelcuda::fake_cuda

using namespace gumbelcuda::fake_cuda;

cudaError_t cudaThreadExchangeStreamCaptureMode(cudaStreamCaptureMode* mode) {
  api_call call("cudaThreadExchangeStreamCaptureMode");
  if (!call.fails()) std::swap(*mode, capture_mode_of_thread());
  return call.result();
}
