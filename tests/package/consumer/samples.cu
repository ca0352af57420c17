// SPDX-License-Identifier: Apache-2.0
// Eight samples in CUDA C++: by the library on the CPU and, if there is a device, by a kernel of this program that uses
// the library's headers. samples.c and samples.cpp print the same.
#include <cstdio>
#include <gumbelcuda/detail/rows/gumbel.hpp>
#include <gumbelcuda/gumbel.hpp>

constexpr int rows = 8, classes = 10;

// One thread for each row.
__global__ void draw(gumbelcuda::noise_address noise, const float* logits, std::int64_t* index) {
  const gumbelcuda::row_noise of_row = gumbelcuda::noise_of_row(noise, threadIdx.x);
  gumbelcuda::best_class<float> best;
  for (int quad = 0; 4 * quad < classes; ++quad) {
    float x[4];
    for (int j = 0; j < 4; ++j) {
      const int k = 4 * quad + j;
      x[j] = k < classes ? logits[threadIdx.x * classes + k] : -INFINITY;
    }
    gumbelcuda::enter_quad(best, of_row, quad, of_row.words(quad), x);
  }
  index[threadIdx.x] = std::int64_t(best.index);
}

int main() {
  float logits[rows * classes];
  std::int64_t index[rows];
  for (int i = 0; i < rows * classes; ++i) logits[i] = .25f * float(i % classes);
  const gumbelcuda::noise_address noise{.seed = 7};
  gumbelcuda::gumbel_max<float>({.rows = rows, .classes = classes, .noise = noise, .logits = {logits}, .index = index});

  int devices = 0;
  if (cudaGetDeviceCount(&devices) == cudaSuccess && devices > 0) {
    float* logits_there = nullptr;
    std::int64_t *index_there = nullptr, drawn[rows];
    cudaMalloc(&logits_there, sizeof logits);
    cudaMalloc(&index_there, sizeof index);
    cudaMemcpy(logits_there, logits, sizeof logits, cudaMemcpyDefault);
    draw<<<1, rows>>>(noise, logits_there, index_there);
    cudaMemcpy(drawn, index_there, sizeof drawn, cudaMemcpyDefault);
    for (int row = 0; row < rows; ++row)
      if (drawn[row] != index[row]) return std::printf("the device drew %d in row %d\n", int(drawn[row]), row), 1;
  }
  for (int row = 0; row < rows; ++row) std::printf("%d ", int(index[row]));
  std::printf("\n");
}
