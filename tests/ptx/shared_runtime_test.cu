// SPDX-License-Identifier: Apache-2.0
// A program that knows nothing of the interpreter, linked to CUDA's shared runtime: the one in LD_LIBRARY_PATH runs its
// kernel, and a block that is too large for the memory fails as on a device.
#include <cstdio>

__global__ void twice(float* numbers) { numbers[threadIdx.x] *= 2; }

int main() {
  constexpr unsigned count = 32;
  float* memory = nullptr;
  float numbers[count];
  for (unsigned i = 0; i < count; ++i) numbers[i] = float(i);
  cudaStream_t stream = nullptr;
  cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking);
  cudaMalloc(reinterpret_cast<void**>(&memory), sizeof numbers);
  cudaMemcpyAsync(memory, numbers, sizeof numbers, cudaMemcpyHostToDevice, stream);
  cudaLaunchConfig_t config{};
  config.gridDim = 1;
  config.blockDim = count;
  config.stream = stream;
  int wrong = cudaLaunchKernelEx(&config, twice, memory) != cudaSuccess;
  cudaMemcpyAsync(numbers, memory, sizeof numbers, cudaMemcpyDeviceToHost, stream);
  wrong += cudaStreamSynchronize(stream) != cudaSuccess;
  for (unsigned i = 0; i < count; ++i) wrong += numbers[i] != 2 * float(i);
  config.blockDim = count + 1;
  cudaLaunchKernelEx(&config, twice, memory);
  wrong += cudaStreamSynchronize(stream) == cudaSuccess;
  std::printf("%d things are wrong\n", wrong);
  return wrong;
}
