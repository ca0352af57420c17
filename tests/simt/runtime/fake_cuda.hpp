// SPDX-License-Identifier: Apache-2.0
// Devices made up for tests: what they have, when they fail, when they get round to their work, and what they noticed.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tests/simt/runtime/cuda_runtime_api.h"

namespace gumbelcuda::fake_cuda {

struct machine {
  int devices = 1;
  std::size_t memory = std::size_t{1} << 30;  // of each
  int driver_version = 13000;                 // 0: no driver
  // When a stream does its work. 0: at once; 1: only when somebody waits for it; others: now and then, by this seed. A
  // program that waits for what it needs gives the same under all.
  std::uint64_t schedule = 0;
  double milliseconds_per_step = 10;
  // The so-and-so-many-th call fails like this, and with `lost` all after it; 0: none does.
  std::uint64_t failing_call = 0;
  cudaError_t failure = cudaErrorUnknown;
  bool lost = false;
  // The so-and-so-many-th piece of work is not done: nobody is told at once, but every call after it fails.
  std::uint64_t failing_work = 0;
  // As when the system allows no more locked pages.
  bool refuses_pages = false;
  // As with HMM or ATS: kernels may follow pointers to any memory of the host.
  bool reaches_host_memory = false;
  // Somewhere a stream is being captured, which nothing may disturb.
  bool capturing = false;
};

// From here on this is the machine; nothing of an earlier one is remembered.
void install(const machine& machine);

// Calls since then that could have failed, and the names of those that did.
std::uint64_t calls();
std::uint64_t pieces_of_work();
std::vector<std::string> failed_calls();

// What was done wrong since then, and what has not been given back by now.
std::vector<std::string> offences();

// The steps of each launch on a device, and the most bytes that were allocated on it at a time.
std::vector<std::uint64_t> steps_of_launches(int device);
std::size_t most_allocated(int device);

// For launches, which nvcc would compile to calls of its own: `kernel` becomes work of the stream, and takes so many
// steps' time. It may call require_device for what it follows pointers to.
cudaError_t launch(cudaStream_t stream, std::uint64_t steps, std::function<void()> kernel);

// Whether these bytes are in one piece of memory of the device whose work is being done; an offence where they are not.
bool require_device(const void* begin, std::size_t bytes, const char* what);

}  // namespace gumbelcuda::fake_cuda
