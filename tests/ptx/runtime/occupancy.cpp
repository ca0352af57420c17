// SPDX-License-Identifier: Apache-2.0
// What a program may ask about a kernel: the answers are those for compute capability 9.0, as far as PTX tells them.
// Registers are the assembler's, which has not run; so they limit nothing here.
#include <cuda_runtime.h>

#include <algorithm>

#include "tests/ptx/error.hpp"
#include "tests/ptx/runtime/kernels.hpp"
#include "tests/simt/device.hpp"
#include "tests/simt/runtime/world.hpp"

namespace gumbelcuda::ptx {
namespace {

constexpr int threads_a_block = 1024, threads_a_multiprocessor = 2048, blocks_a_multiprocessor = 32;
constexpr std::size_t shared_of_multiprocessor = 228 * 1024, shared_of_system = 1024;  // the latter of each block

struct asked {
  const registered_kernels::kernel* kernel = nullptr;
  const function* code = nullptr;  // null if there is none
};

asked find(const void* host_function) {
  registered_kernels& all = registered_kernels::get();
  asked found{all.find(host_function)};
  if (found.kernel != nullptr) found.code = all.function_of(*found.kernel);
  return found;
}

// Answers a call with `fill`, which takes a kernel and its code.
template <class Fill>
cudaError_t answer(const char* name, const void* host_function, Fill fill) {
  fake_cuda::api_call call(name);
  if (call.fails()) return call.result();
  try {
    const asked found = find(host_function);
    if (found.code == nullptr) return call.result(cudaErrorInvalidDeviceFunction);
    fill(found);
    return call.result();
  } catch (const error&) {
    return call.result(cudaErrorInvalidPtx);
  }
}

int most_threads(const function& code) { return code.most_threads > 0 ? int(code.most_threads) : threads_a_block; }

}  // namespace
}  // namespace gumbelcuda::ptx

using namespace gumbelcuda::ptx;

cudaError_t cudaFuncGetAttributes(cudaFuncAttributes* attributes, const void* host_function) {
  return answer("cudaFuncGetAttributes", host_function, [&](const asked& found) {
    *attributes = {};
    attributes->sharedSizeBytes = found.code->static_shared_bytes;
    attributes->localSizeBytes = found.code->local_bytes;
    attributes->maxThreadsPerBlock = most_threads(*found.code);
    attributes->maxDynamicSharedSizeBytes =
        int(std::max(found.kernel->most_dynamic_shared, std::size_t{48 * 1024} - found.code->static_shared_bytes));
    attributes->ptxVersion = 75;
    attributes->binaryVersion = 90;
  });
}

cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int* blocks, const void* host_function, int threads,
                                                                   std::size_t dynamic_shared_bytes, unsigned) {
  if (threads <= 0) return cudaErrorInvalidValue;
  return answer("cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags", host_function, [&](const asked& found) {
    const std::size_t shared = found.code->static_shared_bytes + dynamic_shared_bytes + shared_of_system;
    *blocks = threads > most_threads(*found.code)
                  ? 0
                  : std::min({threads_a_multiprocessor / ((threads + 31) / 32 * 32), blocks_a_multiprocessor,
                              int(shared_of_multiprocessor / shared)});
  });
}

cudaError_t cudaOccupancyMaxActiveClusters(int* clusters, const void* host_function, const cudaLaunchConfig_t* config) {
  if (config == nullptr) return cudaErrorInvalidValue;
  return answer("cudaOccupancyMaxActiveClusters", host_function, [&](const asked& found) {
    const std::size_t shared = found.code->static_shared_bytes + config->dynamicSmemBytes;
    const std::size_t most = found.code->static_shared_bytes + found.kernel->most_dynamic_shared;
    *clusters =
        shared > std::max(most, std::size_t{48 * 1024}) ? 0 : int(gumbelcuda::simt::device_with_clusters::at_once());
  });
}
