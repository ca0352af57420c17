// SPDX-License-Identifier: Apache-2.0
// The runtime in CUDA's place: what a captured stream is given is done when its graph is launched, as often as that is;
// and what CUDA forbids meanwhile is an error. Launches of kernels in graphs are gpu_fleet's and gpu_rows', which
// dry_run_test.py runs.
#include <cuda_runtime.h>
#include <gtest/gtest.h>

#include <array>
#include <thread>

#include "tests/simt/runtime/fake_cuda.hpp"

namespace gumbelcuda {
namespace {

constexpr std::size_t bytes = 8;
using contents = std::array<unsigned char, bytes>;

contents all(unsigned char value) {
  contents values;
  values.fill(value);
  return values;
}

class Graphs : public testing::Test {
 protected:
  Graphs() {
    fake_cuda::install({});
    cudaMalloc(&there, bytes);
    cudaMalloc(&other, bytes);
    cudaStreamCreate(&stream);
    cudaMemset(there, 1, bytes);
  }
  ~Graphs() override {
    cudaStreamDestroy(stream);
    cudaFree(there);
    cudaFree(other);
  }
  void begin(cudaStreamCaptureMode mode = cudaStreamCaptureModeGlobal) const {
    ASSERT_EQ(cudaStreamBeginCapture(stream, mode), cudaSuccess);
  }
  [[nodiscard]] contents read(const void* from) const {
    contents values{};
    EXPECT_EQ(cudaMemcpy(values.data(), from, bytes, cudaMemcpyDefault), cudaSuccess);
    return values;
  }
  // A call while the stream is captured: its error, and the capture has ended with it.
  template <class Call>
  void expect_forbidden(cudaError_t error, Call call, cudaStreamCaptureMode mode = cudaStreamCaptureModeGlobal) {
    begin(mode);
    EXPECT_EQ(call(), error);
    EXPECT_EQ(cudaGetLastError(), error);
    cudaGraph_t graph = nullptr;
    EXPECT_EQ(cudaStreamEndCapture(stream, &graph), cudaErrorStreamCaptureInvalidated);
    EXPECT_EQ(graph, nullptr);
    EXPECT_EQ(fake_cuda::offences().front(), "a capture was disturbed");
    cudaGetLastError();
  }

  void *there = nullptr, *other = nullptr;
  cudaStream_t stream = nullptr;
};

TEST_F(Graphs, DoWhenLaunchedWhatWasCaptured) {
  cudaGraph_t graph = nullptr;
  cudaGraphExec_t executable = nullptr;
  begin();
  EXPECT_EQ(cudaMemsetAsync(there, 2, bytes, stream), cudaSuccess);
  EXPECT_EQ(cudaMemcpyAsync(other, there, bytes, cudaMemcpyDeviceToDevice, stream), cudaSuccess);
  ASSERT_EQ(cudaStreamEndCapture(stream, &graph), cudaSuccess);
  ASSERT_EQ(cudaGraphInstantiate(&executable, graph, 0), cudaSuccess);
  EXPECT_EQ(cudaGraphDestroy(graph), cudaSuccess);
  EXPECT_EQ(read(there), all(1));
  for (const cudaStream_t in : {stream, cudaStream_t{}}) {
    EXPECT_EQ(cudaGraphLaunch(executable, in), cudaSuccess);
    EXPECT_EQ(cudaStreamSynchronize(in), cudaSuccess);
    EXPECT_EQ(read(there), all(2));
    EXPECT_EQ(read(other), all(2));
    cudaMemset(there, 1, bytes);
    cudaMemset(other, 1, bytes);
  }
  EXPECT_EQ(cudaGraphExecDestroy(executable), cudaSuccess);
  EXPECT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  EXPECT_EQ(cudaPeekAtLastError(), cudaSuccess);
}

TEST_F(Graphs, NothingMayWaitForACapture) {
  cudaEvent_t event = nullptr;
  cudaEventCreate(&event);
  expect_forbidden(cudaErrorStreamCaptureUnsupported, [&] { return cudaStreamSynchronize(stream); });
  expect_forbidden(
      cudaErrorStreamCaptureUnsupported, [&] { return cudaStreamSynchronize(stream); }, cudaStreamCaptureModeRelaxed);
  expect_forbidden(cudaErrorStreamCaptureUnsupported, [] { return cudaDeviceSynchronize(); });
  expect_forbidden(cudaErrorStreamCaptureUnsupported, [&] { return cudaEventRecord(event, stream); });
  expect_forbidden(cudaErrorStreamCaptureUnsupported, [&] { return cudaMemset(there, 0, bytes); });
  expect_forbidden(cudaErrorStreamCaptureImplicit, [&] { return cudaMemsetAsync(there, 0, bytes, nullptr); });
  cudaEventDestroy(event);
}

TEST_F(Graphs, MemoryIsNotAllocatedDuringACaptureUnlessItIsRelaxed) {
  void* more = nullptr;
  cudaGraph_t graph = nullptr;
  expect_forbidden(cudaErrorStreamCaptureUnsupported, [&] { return cudaMalloc(&more, bytes); });
  begin(cudaStreamCaptureModeRelaxed);
  EXPECT_EQ(cudaMalloc(&more, bytes), cudaSuccess);
  EXPECT_EQ(cudaFree(more), cudaSuccess);
  EXPECT_EQ(cudaStreamEndCapture(stream, &graph), cudaSuccess);
  cudaGraphDestroy(graph);
}

TEST_F(Graphs, BeginAndEndMatch) {
  cudaGraph_t graph = nullptr;
  EXPECT_EQ(cudaStreamEndCapture(stream, &graph), cudaErrorInvalidValue);
  begin();
  EXPECT_EQ(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal), cudaErrorInvalidValue);
  cudaError_t elsewhere = cudaSuccess;
  std::thread([&] { elsewhere = cudaStreamEndCapture(stream, &graph); }).join();
  EXPECT_EQ(elsewhere, cudaErrorStreamCaptureWrongThread);
  EXPECT_EQ(cudaStreamEndCapture(stream, &graph), cudaSuccess);
  EXPECT_EQ(cudaGraphDestroy(graph), cudaSuccess);
  EXPECT_EQ(cudaGraphDestroy(graph), cudaErrorInvalidValue);
  EXPECT_EQ(cudaGraphLaunch(nullptr, stream), cudaErrorInvalidValue);
}

// Its streams wait for it, those that say so do not.
TEST_F(Graphs, TheDefaultStreamWaits) {
  fake_cuda::install({.schedule = 1});  // work is done when it is waited for
  cudaStream_t waits = nullptr, does_not = nullptr;
  cudaMalloc(&there, 2 * bytes);
  auto* const next = static_cast<unsigned char*>(there) + bytes;
  cudaMemset(there, 1, 2 * bytes);
  cudaStreamCreate(&waits);
  cudaStreamCreateWithFlags(&does_not, cudaStreamNonBlocking);
  cudaMemsetAsync(there, 2, bytes, waits);
  cudaMemsetAsync(next, 2, bytes, does_not);
  EXPECT_EQ(read(there), all(2));
  EXPECT_EQ(read(next), all(1));
  EXPECT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  EXPECT_EQ(read(next), all(2));
  cudaStreamDestroy(waits);
  cudaStreamDestroy(does_not);
}

}  // namespace
}  // namespace gumbelcuda
