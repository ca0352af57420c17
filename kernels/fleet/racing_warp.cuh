// SPDX-License-Identifier: Apache-2.0
// racing_gan for a GAN a thread, where the lanes of a warp share the doubtful samples of their GANs. Each lane alone
// would wait for the one that has most: of ten samples a GAN leaves .6 doubtful on average, but one of 32 GANs leaves
// 2.5. All together they are 19, which 32 lanes compute at once: each of them one sample of any of the GANs. A GAN
// still adds the terms of its own samples, in their order, so that sums keep their bits.
#pragma once

#include "gumbelcuda/detail/gan/racing_gan.hpp"
#include "kernels/fleet/group_memory.hpp"
#include "kernels/simt.cuh"
#include "kernels/warp.hpp"

namespace gumbelcuda {

// All lanes of a warp must train GANs of one shape, and call generator_sums() together.
template <class Classes, class Batch>
class racing_warp_gan : public racing_gan<float, Classes, Batch, stream_row> {
  using base = racing_gan<float, Classes, Batch, stream_row>;
  using base::shape_, base::blocks_, base::gan_, base::sum_, base::inverse_temperature_;
  static constexpr int class_capacity = int(base::class_capacity);

 public:
  using base::base;

  __device__ __forceinline__ const float* generator_sums(int update) {
    return base::sum_after_races(
        update, [&](int start, std::uint32_t doubtful, int first) { add_together(start, doubtful, first); });
  }

 private:
  __device__ __forceinline__ void add_together(int start, std::uint32_t doubtful, int first) {
    // Of each warp the samples of a round, as 32 · owner's lane + bit of the sample, and their terms: those of a class
    // next to each other, one in each bank.
    GUMBELCUDA_SHARED(std::uint32_t, train_fleet_block, samples_of_block);
    GUMBELCUDA_SHARED(float, train_fleet_block* class_capacity, terms_of_block);
    const int lane = int(threadIdx.x) % warp_size, first_thread = int(threadIdx.x) - lane;
    // The place of this lane's first sample among all of the warp's, and the number of all.
    int place = __popc(doubtful);
    const int own = place;
    GUMBELCUDA_UNROLL
    for (int distance = 1; distance < warp_size; distance *= 2) {
      const int before = __shfl_up_sync(whole_warp, place, unsigned(distance));
      if (lane >= distance) place += before;
    }
    const int all = __shfl_sync(whole_warp, place, warp_size - 1);
    place -= own;

    for (int begin = 0; begin < all; begin += warp_size) {
      const int end = begin + warp_size;
      std::uint32_t left = doubtful;
      for (int i = place; i < end && left != 0; ++i, left &= left - 1)
        samples_of_block[first_thread + i - begin] = unsigned(lane * 32 + GUMBELCUDA_LOWEST_BIT(left));
      __syncwarp();
      // Lanes beyond the last sample compute one of their own, which nobody reads.
      const std::uint32_t theirs = begin + lane < all ? samples_of_block[first_thread + lane] : unsigned(lane * 32);
      const int owner = int(theirs / 32);
      float terms[class_capacity];
      compute(owner, start + int(theirs % 32), terms);
      GUMBELCUDA_UNROLL_ON_GPU
      for (int k = 0; k < shape_.classes; ++k) terms_of_block[k * train_fleet_block + int(threadIdx.x)] = terms[k];
      __syncwarp();
      for (; place < end && doubtful != 0; ++place, doubtful &= doubtful - 1) {
        GUMBELCUDA_UNROLL_ON_GPU
        for (int k = 0; k < shape_.classes; ++k)
          terms[k] = terms_of_block[k * train_fleet_block + first_thread + place - begin];
        sum_.add_anywhere(shape_.batch, start + GUMBELCUDA_LOWEST_BIT(doubtful) - first, terms, shape_.classes);
      }
    }
  }

  // The terms of a sample of the GAN that lane `owner` trains.
  __device__ __forceinline__ void compute(int owner, int sample, float* terms) {
    float logits[class_capacity], weights[class_capacity + 1];
    GUMBELCUDA_UNROLL_ON_GPU
    for (int k = 0; k < shape_.classes; ++k) logits[k] = __shfl_sync(whole_warp, gan_.logits[k], owner);
    GUMBELCUDA_UNROLL_ON_GPU
    for (int k = 0; k <= shape_.classes; ++k) weights[k] = __shfl_sync(whole_warp, gan_.weights[k], owner);
    const std::uint32_t low = __shfl_sync(whole_warp, std::uint32_t(blocks_.row), owner),
                        high = __shfl_sync(whole_warp, std::uint32_t(blocks_.row >> 32), owner);
    this->terms_of(stream_row{blocks_.seed, std::uint64_t{high} << 32 | low}, sample, logits, weights,
                   __shfl_sync(whole_warp, inverse_temperature_, owner), terms);
  }
};

}  // namespace gumbelcuda
