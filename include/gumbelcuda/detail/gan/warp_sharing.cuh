// SPDX-License-Identifier: Apache-2.0
// The lanes of a warp share the doubtful samples (quad_races.hpp) of their GANs. Each lane alone would wait for the one
// that has most: of ten samples a GAN leaves .6 doubtful on average, but one of 32 GANs leaves 2.5. All together they
// are 19, which 32 lanes compute at once: each of them one sample of any of the GANs. A GAN still adds the terms of its
// own samples, in their order, so that sums keep their bits.
#pragma once

#include <cstdint>

#include "gumbelcuda/config.hpp"

#ifndef GUMBELCUDA_SHARED  // kernels/simt.cuh may have another
#define GUMBELCUDA_SHARED(T, N, name) __shared__ T name[N]
#endif

namespace gumbelcuda {

// All lanes of a warp call this together. Bits of `doubtful`: this lane's samples. compute(owner, bit, terms): a sample
// of the GAN that lane `owner` trains, `width` ≤ Width terms; all lanes call it together, so that it may ask the owner.
// add(bit, terms): adds those of one of this lane's samples. Block: threads of a block.
template <int Block, int Width, class Count, class Compute, class Add>
__device__ __forceinline__ void share_in_warp(std::uint32_t doubtful, Count width, Compute compute, Add add) {
  constexpr int lanes = 32;
  constexpr unsigned all_lanes = 0xffffffffu;
  // Of each warp the samples of a round, as 32 · owner's lane + bit of the sample, and their terms: those of a number
  // next to each other, one in each bank.
  GUMBELCUDA_SHARED(std::uint32_t, Block, samples_of_block);
  GUMBELCUDA_SHARED(float, Block* Width, terms_of_block);
  const int lane = int(threadIdx.x) % lanes, first_thread = int(threadIdx.x) - lane;
  // The place of this lane's first sample among all of the warp's, and the number of all.
  int place = __popc(doubtful);
  const int own = place;
  GUMBELCUDA_UNROLL
  for (int distance = 1; distance < lanes; distance *= 2) {
    const int before = __shfl_up_sync(all_lanes, place, unsigned(distance));
    if (lane >= distance) place += before;
  }
  const int all = __shfl_sync(all_lanes, place, lanes - 1);
  place -= own;

  for (int begin = 0; begin < all; begin += lanes) {
    const int end = begin + lanes;
    std::uint32_t left = doubtful;
    for (int i = place; i < end && left != 0; ++i, left &= left - 1)
      samples_of_block[first_thread + i - begin] = unsigned(lane * 32 + GUMBELCUDA_LOWEST_BIT(left));
    __syncwarp();
    // Lanes beyond the last sample compute one of their own, which nobody reads.
    const std::uint32_t theirs = begin + lane < all ? samples_of_block[first_thread + lane] : unsigned(lane * 32);
    float terms[Width];
    compute(int(theirs / 32), int(theirs % 32), terms);
    GUMBELCUDA_UNROLL_ON_GPU
    for (int k = 0; k < width; ++k) terms_of_block[k * Block + int(threadIdx.x)] = terms[k];
    __syncwarp();
    for (; place < end && doubtful != 0; ++place, doubtful &= doubtful - 1) {
      GUMBELCUDA_UNROLL_ON_GPU
      for (int k = 0; k < width; ++k) terms[k] = terms_of_block[k * Block + first_thread + place - begin];
      add(GUMBELCUDA_LOWEST_BIT(doubtful), static_cast<const float*>(terms));
    }
  }
}

}  // namespace gumbelcuda
