// SPDX-License-Identifier: Apache-2.0
// Copies that the host waits for, and fills.
#include <cuda_runtime.h>

#include <cstring>

#include "tests/simt/runtime/world.hpp"

using namespace gumbelcuda::fake_cuda;

namespace {

void fill(void* begin, int value, std::size_t bytes) {
  world& w = world::get();
  if (bytes == 0) return;
  if (!w.in_device(begin, bytes, w.working_device)) return w.complain("a fill that is not in the device's memory");
  std::memset(begin, value, bytes);
}

}  // namespace

cudaError_t cudaMemcpy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind) {
  api_call call("cudaMemcpy");
  if (const cudaError_t disturbed = disturbs_captures(); disturbed != cudaSuccess) return call.result(disturbed);
  if (call.fails()) return call.result();
  return call.result(enqueue(nullptr, [=] { copy_rows(to, bytes, from, bytes, bytes, 1, kind); }));
}

cudaError_t cudaMemset(void* begin, int value, std::size_t bytes) {
  api_call call("cudaMemset");
  if (call.fails()) return call.result();
  if (const cudaError_t disturbed = disturbs_captures(); disturbed != cudaSuccess) return call.result(disturbed);
  return call.result(enqueue(nullptr, [=] { fill(begin, value, bytes); }));
}

cudaError_t cudaMemsetAsync(void* begin, int value, std::size_t bytes, cudaStream_t stream) {
  api_call call("cudaMemsetAsync");
  if (call.fails()) return call.result();
  return call.result(enqueue(stream, [=] { fill(begin, value, bytes); }));
}
