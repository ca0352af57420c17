// SPDX-License-Identifier: Apache-2.0
// Noise fused into your own kernel: each point draws a cluster k with probability softmax(−|point − center_k|²), as a
// step of Gibbs sampling does. Neither logits nor noise are stored, but the draws equal those of the library from
// stored logits. If there is no GPU, the program says so and runs the kernel's function on the CPU.
#include <cstdio>
#include <gumbelcuda/device.hpp>
#include <gumbelcuda/gumbel.hpp>
#include <vector>

constexpr int points = 4096, clusters = 10, dimensions = 3;

__host__ __device__ float logit(const float* point, const float* center) {
  float sum = 0;
  for (int d = 0; d < dimensions; ++d) sum = gumbelcuda::fma(center[d] - point[d], point[d] - center[d], sum);
  return sum;
}

// Four neighbouring clusters share a block of noise. A logit of −inf marks a cluster that does not exist. If two scores
// round to the same largest number, this takes the lower cluster; the library would tell them apart.
__host__ __device__ int draw(const gumbelcuda::noise_address& noise, int i, const float* point, const float* centers) {
  const gumbelcuda::row_noise noise_of_point = gumbelcuda::noise_of_row(noise, i);
  gumbelcuda::best_class<float> best;
  for (int quad = 0; 4 * quad < clusters; ++quad) {
    float logits[4];
    for (int j = 0; j < 4; ++j)
      logits[j] = 4 * quad + j < clusters ? logit(point, centers + (4 * quad + j) * dimensions) : -INFINITY;
    gumbelcuda::enter_quad(best, noise_of_point, quad, noise_of_point.words(quad), logits);
  }
  return int(best.index);
}

__global__ void draw_clusters(gumbelcuda::noise_address noise, const float* x, const float* centers, int* cluster) {
  const int i = int(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < points) cluster[i] = draw(noise, i, x + i * dimensions, centers);
}

int main() {
  const gumbelcuda::noise_address noise{.seed = 7};
  static float x[points * dimensions], centers[clusters * dimensions];
  for (int i = 0; i < points * dimensions; ++i) x[i] = float(i * 7919 % 1000) / 500;
  for (int i = 0; i < clusters * dimensions; ++i) centers[i] = float(i * 31 % 17) / 8;

  static int cluster[points];
  int devices = 0;
  if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0) {
    std::printf("there is no GPU here: the CPU runs the kernel's function\n");
    for (int i = 0; i < points; ++i) cluster[i] = draw(noise, i, x + i * dimensions, centers);
  } else {
    float *x_there = nullptr, *centers_there = nullptr;
    int* cluster_there = nullptr;
    cudaMalloc(&x_there, sizeof x);
    cudaMalloc(&centers_there, sizeof centers);
    cudaMalloc(&cluster_there, sizeof cluster);
    cudaMemcpy(x_there, x, sizeof x, cudaMemcpyDefault);
    cudaMemcpy(centers_there, centers, sizeof centers, cudaMemcpyDefault);
    draw_clusters<<<points / 128, 128>>>(noise, x_there, centers_there, cluster_there);
    const cudaError_t error = cudaMemcpy(cluster, cluster_there, sizeof cluster, cudaMemcpyDefault);
    std::printf("on the GPU: %s\n", cudaGetErrorString(error));
  }

  std::vector<float> logits;
  for (int i = 0; i < points; ++i)
    for (int k = 0; k < clusters; ++k) logits.push_back(logit(x + i * dimensions, centers + k * dimensions));
  std::vector<std::int64_t> index(points);
  gumbelcuda::gumbel_max<float>(
      {.rows = points, .classes = clusters, .noise = noise, .logits = {logits.data()}, .index = index.data()});
  int equal = 0;
  for (int i = 0; i < points; ++i) equal += cluster[i] == index[i];
  std::printf("%d of %d points in the cluster that the library draws\n", equal, points);
  if (equal == points) return 0;
  std::fprintf(stderr, "the kernel drew others\n");
  return 1;
}
