// SPDX-License-Identifier: Apache-2.0
// Peers of our kernels on rows: the largest logit of a row, with the threads and memory accesses of Gumbel-max but
// without noise; and Gumbel-softmax from cuRAND and a kernel for each line of its formula, in plain and reasonable
// code.
#pragma once

#include <cfloat>

#include "benchmarks/gpu/found_library.hpp"
#include "benchmarks/gpu/harness.cuh"
#include "kernels/rows/gumbel_launch.cuh"

namespace gumbelcuda::benchmark {

// gumbel_max_kernel without its noise.
template <class Stored, class Plan>
__global__ void __launch_bounds__(Plan::block) plain_max_kernel(gumbel_max_task task) {
  using V = computed_of<Stored>;
  detail::for_each_row<Plan>(task.rows, task.classes, [&](std::uint64_t row, const auto& part, std::uint64_t) {
    detail::memory_of<Stored, Plan> memory(task.classes);
    memory.open(task.logits, row);
    best_class<V> best;
    for (std::int64_t n = 0; n < part.quads(); ++n) {
      if (!part.has(n)) continue;
      V x[quad_size];
      memory.read(part.quad(n), V(-INFINITY), x);
      GUMBELCUDA_UNROLL
      for (int j = 0; j < quad_size; ++j) {
        if (!(x[j] > best.score)) continue;
        best.score = x[j];
        best.index = part.quad(n) * quad_size + std::uint64_t(j);
      }
    }
    const V top = part.max(best.score);
    const std::uint64_t index = part.min(best.score == top ? best.index : no_class);
    if (part.is_leader()) task.index[row] = std::int64_t(index);
  });
}

template <class Stored>
void launch_plain_max(const gumbel_max_task& task, cudaStream_t stream) {
  check(with_row_plan<computed_of<Stored>, 0>(task.classes,
                                              [&](auto plan) {
                                                const auto blocks = unsigned((task.rows + plan.rows_per_block - 1) /
                                                                             plan.rows_per_block);
                                                return launch(plain_max_kernel<Stored, decltype(plan)>,
                                                              {dim3(blocks), dim3(unsigned(plan.block))}, stream, task);
                                              }),
        "plain_max_kernel");
}

static __global__ void empty_kernel() {}

inline const found_library& curand() {
  static const found_library library("cuRAND", {"libcurand.so.10", "libcurand.so"});
  return library;
}

// cuRAND's uniform numbers, Philox, (0, 1].
class uniform_numbers {
 public:
  uniform_numbers() {
    constexpr int philox4_32_10 = 161;
    curand().call("curandCreateGenerator", &generator_, philox4_32_10);
    curand().call("curandSetPseudoRandomGeneratorSeed", generator_, 42ull);
  }
  ~uniform_numbers() { curand().call("curandDestroyGenerator", generator_); }
  uniform_numbers(const uniform_numbers&) = delete;
  uniform_numbers& operator=(const uniform_numbers&) = delete;
  void fill(float* out, std::size_t size, cudaStream_t stream) const {
    curand().call("curandSetStream", generator_, stream);
    curand().call("curandGenerateUniform", generator_, out, size);
  }

 private:
  void* generator_ = nullptr;
};

// z = (logits − log(−log u))/τ, in place of u. A u of 1 would give infinity.
static __global__ void perturb(const float* logits, float* u, std::size_t size, float inverse_temperature) {
  const std::size_t i = std::size_t(blockIdx.x) * blockDim.x + threadIdx.x;
  if (i < size) u[i] = (logits[i] - __logf(-__logf(fminf(u[i], 1 - FLT_EPSILON / 2)))) * inverse_temperature;
}

template <class Combine>
__device__ float over_block(float x, Combine combine) {
  __shared__ float of_warps[32];
  for (int distance = 16; distance > 0; distance /= 2) x = combine(x, __shfl_xor_sync(~0u, x, distance));
  if (threadIdx.x % 32 == 0) of_warps[threadIdx.x / 32] = x;
  __syncthreads();
  x = of_warps[threadIdx.x % (blockDim.x / 32)];
  for (int distance = int(blockDim.x) / 64; distance > 0; distance /= 2)
    x = combine(x, __shfl_xor_sync(~0u, x, distance));
  return x;
}

// One block for each row.
static __global__ void row_largest(const float* z, float* largest, std::uint64_t classes) {
  float most = -INFINITY;
  for (std::uint64_t k = threadIdx.x; k < classes; k += blockDim.x) most = fmaxf(most, z[blockIdx.x * classes + k]);
  most = over_block(most, [](float a, float b) { return fmaxf(a, b); });
  if (threadIdx.x == 0) largest[blockIdx.x] = most;
}
static __global__ void subtract_and_exp(float* z, const float* largest, std::size_t size, std::uint64_t classes) {
  const std::size_t i = std::size_t(blockIdx.x) * blockDim.x + threadIdx.x;
  if (i < size) z[i] = __expf(z[i] - largest[i / classes]);
}
static __global__ void row_total(const float* e, float* total, std::uint64_t classes) {
  float sum = 0;
  for (std::uint64_t k = threadIdx.x; k < classes; k += blockDim.x) sum += e[blockIdx.x * classes + k];
  sum = over_block(sum, [](float a, float b) { return a + b; });
  if (threadIdx.x == 0) total[blockIdx.x] = sum;
}
static __global__ void divide(float* e, const float* total, std::size_t size, std::uint64_t classes) {
  const std::size_t i = std::size_t(blockIdx.x) * blockDim.x + threadIdx.x;
  if (i < size) e[i] /= total[i / classes];
}

// y may be any memory of rows × classes numbers; row_value holds one number for each row.
inline void unfused_softmax(const uniform_numbers& uniform, const float* logits, float* y, float* row_value,
                            std::uint64_t rows, std::uint64_t classes, float temperature, cudaStream_t stream) {
  const std::size_t size = rows * classes;
  const unsigned block = 256, blocks = unsigned((size + block - 1) / block), row_blocks = unsigned(rows);
  uniform.fill(y, size, stream);
  perturb<<<blocks, block, 0, stream>>>(logits, y, size, 1 / temperature);
  row_largest<<<row_blocks, block, 0, stream>>>(y, row_value, classes);
  subtract_and_exp<<<blocks, block, 0, stream>>>(y, row_value, size, classes);
  row_total<<<row_blocks, block, 0, stream>>>(y, row_value, classes);
  divide<<<blocks, block, 0, stream>>>(y, row_value, size, classes);
  check(cudaGetLastError(), "the unfused pipeline");
}

}  // namespace gumbelcuda::benchmark
