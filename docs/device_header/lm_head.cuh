// SPDX-License-Identifier: Apache-2.0
// The example of docs/device-header.md: the noise in a kernel of one's own. Compiled for GPUs in lm_head.cu, and run by
// tests/simt/device_header_test.cpp.
#pragma once

#include <bit>
#include <cstdint>
#include <gumbelcuda/device.hpp>

// The last layer of a language model, logits = hidden·weights + bias, and where its draws go.
struct lm_head {
  const float *hidden, *weights, *bias;  // [rows][size], [classes][size], [classes]; a bias of −inf masks its class
  int size;
  std::uint32_t classes;  // below 2^32 − 1
  gumbelcuda::noise_address noise;
  unsigned long long* best;  // [rows], 0 before the launch; token_of() reads it
};

__device__ inline float logit(const lm_head& head, std::uint64_t row, std::uint64_t k) {
  float sum = head.bias[k];
  for (int i = 0; i < head.size; ++i)
    sum = gumbelcuda::fma(head.hidden[row * head.size + i], head.weights[k * head.size + i], sum);
  return sum;
}

constexpr unsigned long long not_finite = ~0ull;

// A number that is larger for a better score and, where scores are equal, for a lower class, so that atomicMax keeps
// the best of all threads. 0: no class can be drawn.
__device__ inline unsigned long long rank(const gumbelcuda::best_class<float>& best) {
  if (best.not_finite) return not_finite;
  if (best.index == gumbelcuda::no_class) return 0;
  const auto bits = std::bit_cast<std::uint32_t>(best.score + 0.0f);  // −0 becomes 0
  const std::uint32_t ordered = bits >> 31 ? ~bits : bits | 0x80000000u;
  return static_cast<unsigned long long>(ordered) << 32 | static_cast<std::uint32_t>(~best.index);
}

// The class that was drawn, or −1.
__host__ __device__ inline std::int64_t token_of(unsigned long long best) {
  return best == 0 || best == not_finite ? -1 : std::int64_t(static_cast<std::uint32_t>(~best));
}

// blockIdx.y is the row; a thread computes four logits next to each other, which share a block of noise, and forgets
// them. Whole warps.
__global__ void draw_tokens(lm_head head) {
  const std::uint64_t row = blockIdx.y, quad = std::uint64_t(blockIdx.x) * blockDim.x + threadIdx.x;
  gumbelcuda::best_class<float> best;
  if (4 * quad < head.classes) {
    float logits[4];
    for (int j = 0; j < 4; ++j) logits[j] = 4 * quad + j < head.classes ? logit(head, row, 4 * quad + j) : -INFINITY;
    const gumbelcuda::row_noise noise = gumbelcuda::noise_of_row(head.noise, row);
    gumbelcuda::enter_quad(best, noise, quad, noise.words(quad), logits);
  }
  unsigned long long mine = rank(best);
  for (int step = 16; step > 0; step /= 2) {
    const unsigned long long other = __shfl_xor_sync(0xffffffffu, mine, step);
    mine = other > mine ? other : mine;
  }
  if (threadIdx.x % 32 == 0) atomicMax(head.best + row, mine);
}
