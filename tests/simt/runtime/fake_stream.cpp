// SPDX-License-Identifier: Apache-2.0
// Streams and events: a stream's work is executed in order, with no order between streams. Time is counted, not
// measured.
#include "tests/simt/runtime/world.hpp"

namespace gumbelcuda::fake_cuda {
namespace {

// Null, cudaStreamLegacy and cudaStreamPerThread. The last one waits for fewer streams on a device; more is no harm.
bool is_default(cudaStream_t stream) { return reinterpret_cast<std::uintptr_t>(stream) <= 2; }

cudaError_t do_on_default_stream(std::function<void()> work) {
  world& w = world::get();
  CUstream_st default_stream{current_device(), {}};
  cudaError_t captured = cudaSuccess;
  const auto for_each_that_waits = [&](auto call) {
    for (const cudaStream_t stream : w.streams)
      if (stream->waits_for_default && stream->device == default_stream.device) call(stream);
  };
  for_each_that_waits([&](cudaStream_t stream) {
    if (disturbs_capture_of(stream) != cudaSuccess) captured = cudaErrorStreamCaptureImplicit;
  });
  if (captured != cudaSuccess) return captured;
  for_each_that_waits([&](cudaStream_t stream) { w.do_work(stream, stream->queued); });
  default_stream.pending.push_back(std::move(work));
  w.do_work(&default_stream, 1);
  return w.broken;
}

}  // namespace

cudaError_t enqueue(cudaStream_t stream, std::function<void()> work) {
  world& w = world::get();
  if (is_default(stream)) return do_on_default_stream(std::move(work));
  if (w.streams.count(stream) == 0) {
    w.complain("work for a stream that does not exist");
    return cudaSuccess;
  }
  if (stream->device != current_device()) w.complain("work for a stream of another device than the current one");
  if (stream->capture) {
    stream->capture->work.push_back(std::move(work));
    return cudaSuccess;
  }
  stream->pending.push_back(std::move(work));
  ++stream->queued;
  return cudaSuccess;
}

cudaError_t launch(cudaStream_t stream, std::uint64_t steps, std::function<void()> kernel) {
  api_call call("launch");
  if (call.fails()) return call.result();
  // kernels/simt.cuh calls cudaGetLastError after a launch, so an old error would be taken for the launch's.
  if (last_error() != cudaSuccess) world::get().complain("a launch while an old error was not cleared");
  world& w = world::get();
  w.devices.at(std::size_t(current_device())).launches.push_back(steps);
  if (w.is.on_launch) w.is.on_launch();
  return call.result(enqueue(stream, [steps, kernel = std::move(kernel)] {
    world& now = world::get();  // a graph's launch may be in another stream
    now.working_stream->clock += double(steps) * now.is.milliseconds_per_step;
    kernel();
  }));
}

}  // namespace gumbelcuda::fake_cuda

using namespace gumbelcuda::fake_cuda;

namespace {
cudaError_t work_failed() {
  const world& w = world::get();
  if (w.broken != cudaSuccess) return w.broken;
  return w.is.failing_work > 0 && w.pieces >= w.is.failing_work ? cudaErrorIllegalAddress : cudaSuccess;
}
}  // namespace

const char* cudaGetErrorName(cudaError_t error) { return error == cudaSuccess ? "cudaSuccess" : "cudaErrorMadeUp"; }
const char* cudaGetErrorString(cudaError_t error) { return error == cudaSuccess ? "no error" : "made-up error"; }

cudaError_t cudaGetLastError() {
  const cudaError_t error = last_error();
  last_error() = cudaSuccess;
  return error;
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned flags) {
  api_call call("cudaStreamCreateWithFlags");
  if (call.fails()) return call.result();
  *stream = new CUstream_st{current_device(), {}};
  (*stream)->waits_for_default = (flags & cudaStreamNonBlocking) == 0;
  world::get().streams.insert(*stream);
  return call.result();
}

cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  api_call call("cudaStreamDestroy");
  world& w = world::get();
  if (w.streams.erase(stream) == 0) {
    w.complain("cudaStreamDestroy of what is no stream");
    return call.result(cudaErrorInvalidResourceHandle);
  }
  if (!stream->pending.empty()) w.complain("cudaStreamDestroy with work still to do");
  if (stream->capture) w.complain("cudaStreamDestroy while the stream is captured");
  for (const cudaEvent_t event : w.events)
    if (event->stream == stream) event->stream = nullptr;
  delete stream;
  return call.result();
}

// The work is done even if the call fails: an error reported here does not stop a stream.
cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  api_call call("cudaStreamSynchronize");
  if (const cudaError_t disturbed = disturbs_capture_of(stream); disturbed != cudaSuccess)
    return call.result(disturbed);
  if (!is_default(stream)) world::get().do_work(stream, stream->queued);
  return call.result(work_failed());
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned) {
  api_call call("cudaStreamWaitEvent");
  if (call.fails()) return call.result();
  if (const cudaError_t not_here = disturbs_capture_of(stream); not_here != cudaSuccess) return call.result(not_here);
  if (event->stream != nullptr)
    enqueue(stream, [other = event->stream, position = event->position] { world::get().do_work(other, position); });
  return call.result();
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned) {
  api_call call("cudaEventCreateWithFlags");
  if (call.fails()) return call.result();
  *event = new CUevent_st{current_device()};
  world::get().events.insert(*event);
  return call.result();
}

cudaError_t cudaEventDestroy(cudaEvent_t event) {
  api_call call("cudaEventDestroy");
  if (world::get().events.erase(event) == 0) {
    world::get().complain("cudaEventDestroy of what is no event");
    return call.result(cudaErrorInvalidResourceHandle);
  }
  delete event;
  return call.result();
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  api_call call("cudaEventRecord");
  if (call.fails()) return call.result();
  if (is_default(stream)) {
    world::get().complain("cudaEventRecord in the default stream, which has no clock here");
    return call.result(cudaErrorInvalidResourceHandle);
  }
  if (event->device != stream->device) return call.result(cudaErrorInvalidResourceHandle);
  if (const cudaError_t not_here = disturbs_capture_of(stream); not_here != cudaSuccess) return call.result(not_here);
  enqueue(stream, [event, stream] {
    if (world::get().events.count(event) > 0) event->clock = stream->clock;
  });
  event->stream = stream;
  event->position = stream->queued;
  return call.result();
}

cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  api_call call("cudaEventSynchronize");
  if (event->stream != nullptr) world::get().do_work(event->stream, event->position);
  return call.result(work_failed());
}

cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t begin, cudaEvent_t end) {
  api_call call("cudaEventElapsedTime");
  const auto complete = [](cudaEvent_t event) {
    return event->stream == nullptr || event->stream->done >= event->position;
  };
  if (!complete(begin) || !complete(end)) return call.result(cudaErrorNotReady);
  *milliseconds = float(end->clock - begin->clock);
  return call.result();
}
