// SPDX-License-Identifier: Apache-2.0
// racing_gan for a GAN a thread, where the lanes of a warp share the doubtful samples of their GANs.
#pragma once

#include "gumbelcuda/detail/gan/racing_gan.hpp"
#include "kernels/fleet/group_memory.hpp"
#include "kernels/simt.cuh"
#include "kernels/warp.hpp"
// After simt.cuh, which says what shared memory is.
#include "gumbelcuda/detail/gan/warp_sharing.cuh"

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
    return base::sum_after_races(update, [&](int start, std::uint32_t doubtful, int first) {
      share_in_warp<train_fleet_block, class_capacity>(
          doubtful, shape_.classes, [&](int owner, int bit, float* terms) { compute(owner, start + bit, terms); },
          [&](int bit, const float* terms) {
            sum_.add_anywhere(shape_.batch, start + bit - first, terms, shape_.classes);
          });
    });
  }

 private:
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
