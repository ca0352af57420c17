// SPDX-License-Identifier: Apache-2.0
#include "host/cuda/runtime.hpp"

#include <algorithm>

namespace gumbelcuda {
namespace {

const char* const use_the_cpu = "or use the CPU backend (cpu or auto)";

// CUDA's number for 13.0 is 13000.
std::string version_text(int version) {
  return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

}  // namespace

cuda_failure::cuda_failure(cudaError_t code, const char* call)
    : device_error(std::string(call) + ": " + cudaGetErrorName(code) + ", " + cudaGetErrorString(code)), code_(code) {
  cudaGetLastError();  // reported here; this thread's next launch must not report it as its own
}

std::string device_text(const cuda_device& device) {
  return "device " + std::to_string(device.number) + " (" + device.name + ")";
}

namespace {
std::string target_text(const cuda_device& device) {
  return device.name + ", sm_" + std::to_string(device.compute_capability);
}
}  // namespace

std::string target_text_of(const std::vector<cuda_device>& devices) {
  std::vector<std::string> kinds;
  std::string text;
  for (const cuda_device& device : devices) {
    const std::string kind = target_text(device);
    if (std::find(kinds.begin(), kinds.end(), kind) != kinds.end()) continue;
    kinds.push_back(kind);
    text += (text.empty() ? "" : "; ") + kind;
  }
  return text;
}

void throw_failure_of(const cuda_device& device, const cuda_failure& failure) {
  const std::string where = "backend cuda, " + device_text(device) + ": ", what = failure.what();
  switch (failure.code()) {
    case cudaErrorMemoryAllocation:
      throw out_of_memory(where + "out of memory (" + what +
                          "); end other programs that use the device, use another one " + use_the_cpu);
    case cudaErrorNoKernelImageForDevice:
    case cudaErrorInvalidDeviceFunction:
    case cudaErrorUnsupportedPtxVersion:
      throw no_device(where + "this build has no code for its compute capability, sm_" +
                      std::to_string(device.compute_capability) + " (" + what +
                      "); build with that architecture among CMAKE_CUDA_ARCHITECTURES " + use_the_cpu);
    case cudaErrorDevicesUnavailable:
      throw no_device(where + "another program has it for itself (" + what + "); wait for it, use another device " +
                      use_the_cpu);
    default:
      throw device_error(where + what + "; there is no result, and nvidia-smi or the system's log may tell more");
  }
}

std::string no_device_text(const cuda_failure& failure) {
  int driver = 0, runtime = 0;
  cudaDriverGetVersion(&driver);
  cudaRuntimeGetVersion(&runtime);
  const std::string what = failure.what();
  if (failure.code() == cudaErrorNoDevice)
    return std::string(
               "the NVIDIA driver sees no device; let this process use one (CUDA_VISIBLE_DEVICES, the container's "
               "options) ") +
           use_the_cpu;
  if (driver == 0)
    return std::string("there is no NVIDIA driver; install one (nvidia-smi shows whether it works) ") + use_the_cpu;
  if (failure.code() == cudaErrorInsufficientDriver)
    return "the NVIDIA driver is for CUDA " + version_text(driver) + ", and this build needs " + version_text(runtime) +
           "; update the driver " + use_the_cpu;
  return "the NVIDIA driver does not work (" + what + "); see whether nvidia-smi does, " + use_the_cpu;
}

}  // namespace gumbelcuda
