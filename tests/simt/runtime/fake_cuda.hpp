// SPDX-License-Identifier: Apache-2.0
// Fake devices for tests: their properties, when they fail, when they execute their work, and the misuse they noticed.
#pragma once

#include <cuda_runtime_api.h>  // that of this folder, or NVIDIA's (tests/ptx/)

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace gumbelcuda::fake_cuda {

struct machine {
  int devices = 1;
  std::size_t memory = std::size_t{1} << 30;  // of each device
  int driver_version = 13000;                 // 0: no driver
  // When a stream executes its work. 0: at once; 1: only when the program waits for it; other values: at times that
  // this seed decides. A correct program gives the same result under all of them.
  std::uint64_t schedule = 0;
  double milliseconds_per_step = 10;
  // The call with this number fails with this error and, if `lost`, so do all calls after it. 0: no call fails.
  std::uint64_t failing_call = 0;
  cudaError_t failure = cudaErrorUnknown;
  bool lost = false;
  // The piece of work with this number is not executed. This is not reported at once, but every later call fails.
  std::uint64_t failing_work = 0;
  // As if the system allowed no more locked pages.
  bool refuses_pages = false;
  // As with HMM or ATS: kernels may follow pointers to any host memory.
  bool reaches_host_memory = false;
  // Called at each call that could fail, with its number, and at each launch of the fleet's kernels.
  std::function<void(std::uint64_t)> on_call{};
  std::function<void()> on_launch{};
  // Some stream is being captured, and calls must not disturb the capture.
  bool capturing = false;
};

// Makes this the machine from now on; nothing of an earlier one remains.
void install(const machine& machine);

// The number of calls since then that could have failed, and the names of those that did.
std::uint64_t calls();
std::uint64_t pieces_of_work();
std::vector<std::string> failed_calls();

// Misuse since then, and resources that are not yet released.
std::vector<std::string> offences();

// The number of steps of each launch on a device, and the most bytes that were allocated on it at a time.
std::vector<std::uint64_t> steps_of_launches(int device);
std::size_t most_allocated(int device);

// Replaces launches, which nvcc would compile to its own calls: `kernel` becomes work of the stream and takes the time
// of `steps` steps. It may call require_device for memory that it reads or writes.
cudaError_t launch(cudaStream_t stream, std::uint64_t steps, std::function<void()> kernel);

// Whether these bytes lie in one allocation of the device that is executing work; if not, this is an offence.
bool require_device(const void* begin, std::size_t bytes, const char* what);

}  // namespace gumbelcuda::fake_cuda
