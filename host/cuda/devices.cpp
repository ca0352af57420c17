// SPDX-License-Identifier: Apache-2.0
// The devices of this machine, as CUDA counts them.
#include "host/cuda/cuda_backend.hpp"
#include "host/cuda/runtime.hpp"

namespace gumbelcuda {

bool have_cuda_backend() { return true; }

cuda_answer ask_for_cuda_devices() {
  cuda_answer answer;
  try {
    int count = 0;
    check(cudaGetDeviceCount(&count), "cudaGetDeviceCount");
    check(count > 0 ? cudaSuccess : cudaErrorNoDevice, "cudaGetDeviceCount");
    for (int number = 0; number < count; ++number) {
      cudaDeviceProp properties{};
      check(cudaGetDeviceProperties(&properties, number), "cudaGetDeviceProperties");
      answer.devices.push_back({number, properties.name, 10 * properties.major + properties.minor,
                                properties.multiProcessorCount, std::uint64_t(properties.totalGlobalMem)});
    }
  } catch (const cuda_failure& failure) {
    answer = {{}, no_device_text(failure)};
  }
  return answer;
}

}  // namespace gumbelcuda
