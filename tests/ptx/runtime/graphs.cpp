// SPDX-License-Identifier: Apache-2.0
// CUDA graphs, as far as programs of this project make them: what one stream was given between the beginning and the
// end of its capture, done in that order whenever the graph is launched. A graph's launch is one piece of its stream's
// work. Events in a captured stream, by which a graph would fork, are refused.
#include <cuda_runtime.h>

#include <memory>
#include <set>
#include <utility>

#include "tests/simt/runtime/world.hpp"

using namespace gumbelcuda::fake_cuda;

struct CUgraph_st {
  int device;
  std::vector<std::function<void()>> work;
};

struct CUgraphExec_st {
  int device;
  std::vector<std::function<void()>> work;
};

namespace {

std::set<cudaGraph_t>& graphs() {
  static std::set<cudaGraph_t> all;
  return all;
}

std::set<cudaGraphExec_t>& executable_graphs() {
  static std::set<cudaGraphExec_t> all;
  return all;
}

// Ends a call that was given something else than it should be.
cudaError_t misused(api_call& call, const char* what) {
  world::get().complain(what);
  return call.result(cudaErrorInvalidValue);
}

}  // namespace

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode mode) {
  api_call call("cudaStreamBeginCapture");
  if (call.fails()) return call.result();
  if (world::get().streams.count(stream) == 0) return misused(call, "cudaStreamBeginCapture of what is no stream");
  if (stream->capture) return misused(call, "cudaStreamBeginCapture of a stream that is captured");
  stream->capture = std::make_unique<captured_work>(captured_work{mode, std::this_thread::get_id(), {}});
  return call.result();
}

cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
  api_call call("cudaStreamEndCapture");
  *graph = nullptr;
  if (world::get().streams.count(stream) == 0 || !stream->capture)
    return misused(call, "cudaStreamEndCapture of a stream that is not captured");
  if (stream->capture->mode != cudaStreamCaptureModeRelaxed && stream->capture->thread != std::this_thread::get_id())
    return call.result(cudaErrorStreamCaptureWrongThread);
  const auto captured = std::exchange(stream->capture, nullptr);
  if (captured->invalidated) return call.result(cudaErrorStreamCaptureInvalidated);
  if (call.fails()) return call.result();
  *graph = new CUgraph_st{stream->device, std::move(captured->work)};
  graphs().insert(*graph);
  return call.result();
}

cudaError_t cudaGraphInstantiate(cudaGraphExec_t* executable, cudaGraph_t graph, unsigned long long) {
  api_call call("cudaGraphInstantiate");
  *executable = nullptr;
  if (call.fails()) return call.result();
  if (graphs().count(graph) == 0) return misused(call, "cudaGraphInstantiate of what is no graph");
  *executable = new CUgraphExec_st{graph->device, graph->work};
  executable_graphs().insert(*executable);
  return call.result();
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t executable, cudaStream_t stream) {
  api_call call("cudaGraphLaunch");
  if (executable_graphs().count(executable) == 0) return misused(call, "cudaGraphLaunch of what is no graph");
  if (executable->device != current_device()) return misused(call, "cudaGraphLaunch of another device's graph");
  // The work is copied: the graph may be destroyed before the stream gets here.
  const auto do_all = [work = executable->work] {
    for (const auto& one : work) one();
  };
  if (call.fails()) return call.result();
  return call.result(enqueue(stream, do_all));
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
  api_call call("cudaGraphDestroy");
  if (graphs().erase(graph) == 0) return misused(call, "cudaGraphDestroy of what is no graph");
  delete graph;
  return call.result();
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t executable) {
  api_call call("cudaGraphExecDestroy");
  if (executable_graphs().erase(executable) == 0) return misused(call, "cudaGraphExecDestroy of what is no graph");
  delete executable;
  return call.result();
}
