// SPDX-License-Identifier: Apache-2.0
// Trains one GAN in a group of lanes, for fleets too small to fill the device with one GAN per thread. The samples of a
// batch are spread over the lanes, one per lane, and so are the parameters. Lanes exchange noise blocks and the
// samples' terms in shared memory. Each lane adds the terms of its own parameters in the documented order: sums equal
// those of direct_gan bit for bit. There is no race: a group waits for its slowest sample, and one in ten samples is
// nearly always doubtful.
#pragma once

#include "gumbelcuda/detail/gan/direct_gan.hpp"
#include "kernels/fleet/group_memory.hpp"
#include "kernels/fleet/lane_row.cuh"

namespace gumbelcuda {

// Classes: those of a whole row in one lane. Chunk: samples at a time, fixed<batch> or bounded<N>.
template <class Classes, class Batch, class Group, class Places, class Chunk>
class group_gan : public direct_gan<float, lane_row<Group, Places>, Batch, stream_row> {
  using row = lane_row<Group, Places>;
  using base = direct_gan<float, row, Batch, stream_row>;
  using base::shape_, base::order_, base::blocks_, base::gan_, base::sum_, base::step_, base::inverse_temperature_;
  static constexpr int row_capacity = capacity<Classes>::classes;

 public:
  GUMBELCUDA_HD static constexpr int bytes(Classes classes, Chunk chunk) {
    return group_memory{classes, chunk}.bytes();
  }

  __device__ __forceinline__ group_gan(gan_shape<row, Batch> shape, stream_row blocks, class_words real,
                                       const gan_hyperparameters<float>& hyper, Classes classes, Chunk chunk)
      : base(shape, blocks, real, hyper), classes_(classes), chunk_(chunk) {
    const group_memory needed{classes, chunk};
    const unsigned first = threadIdx.x / unsigned(int(shape.classes.group)) * unsigned(needed.bytes());
    quads_ = dynamic_shared<uint4>(first);
    terms_ = dynamic_shared<float>(first + unsigned(needed.block_bytes()));
  }

  __device__ __forceinline__ void begin_step(std::uint64_t step) {
    base::begin_step(step);
    gather(gan_.logits, logits_, classes_);
    gather_weights();
  }

  __device__ __forceinline__ const float* generator_sums(int update) {
    sum_.clear(shape_.batch, shape_.classes);
    add_all((update + 1) * shape_.batch, classes_, shape_.classes,
            [&](const float* y, float* terms) { generator_terms(y, weights_, terms, classes_); });
    return sum_.total(shape_.batch, shape_.classes);
  }

  __device__ __forceinline__ const float* discriminator_sums() {
    const auto width = plus_one(shape_.classes);
    float real[base::class_capacity + 1];
    this->sum_real(real);
    sum_.clear(shape_.batch, width);
    add_all(0, plus_one(classes_), width,
            [&](const float* y, float* terms) { fake_terms(y, weights_, terms, classes_); });
    return sum_.total_plus(real, shape_.batch, width);
  }

  __device__ __forceinline__ void update_generator(const float* sums, float correction) {
    base::update_generator(sums, correction);
    gather(gan_.logits, logits_, classes_);
  }
  __device__ __forceinline__ void update_discriminator(const float* sums, float correction) {
    base::update_discriminator(sums, correction);
    gather_weights();
  }

  // All logits and weights, in every lane; valid after the first step.
  __device__ __forceinline__ const float* logits() const { return logits_; }
  __device__ __forceinline__ const float* weights() const { return weights_; }

 private:
  __device__ __forceinline__ void gather(const float* own, float* all, Classes classes) const {
    const int group = shape_.classes.group;
    GUMBELCUDA_UNROLL
    for (int k = 0; k < classes; ++k) all[k] = __shfl_sync(whole_warp, own[k / group], k % group, group);
  }
  __device__ __forceinline__ void gather_weights() {
    gather(gan_.weights, weights_, classes_);
    weights_[classes_] = gan_.weights[shape_.classes];
  }

  // Adds the terms of every sample of the batch that starts at sample `first` of the step: `width` terms per sample, of
  // which the lane's own are in `own_width` places.
  template <class Width, class OwnWidth, class Terms>
  __device__ __forceinline__ void add_all(int first, Width width, OwnWidth own_width, Terms compute_terms) {
    if constexpr (is_fixed<Chunk>) {
      add_chunk(first, 0, chunk_, width, own_width, compute_terms);
    } else {
      for (int begin = 0; begin < shape_.batch; begin += chunk_) {
        const int left = shape_.batch - begin;
        add_chunk(first, begin, left < chunk_ ? left : int(chunk_), width, own_width, compute_terms);
      }
    }
  }

  // Samples begin … begin + count of the batch. The two __syncwarp() are enough: blocks are written after all lanes
  // have read their words of the previous chunk, and terms after all lanes have added the previous ones.
  template <class Count, class Width, class OwnWidth, class Terms>
  __device__ __forceinline__ void add_chunk(int first, int begin, Count count, Width width, OwnWidth own_width,
                                            Terms compute_terms) {
    const int start = first + begin, lane = shape_.classes.lane, group = shape_.classes.group;
    const int quad = start / 4, blocks = ((start + count + 3) / 4 - quad) * classes_;
    const std::uint64_t first_block = order_.fake_block(step_, std::uint64_t(quad));
    for (int b = lane; b < blocks; b += group) {
      const philox_block<std::uint32_t> block = blocks_(first_block + std::uint64_t(b));
      quads_[b] = uint4{block.word[0], block.word[1], block.word[2], block.word[3]};
    }
    __syncwarp();
    const shared_pointer<std::uint32_t> all_words = shared_cast<std::uint32_t>(quads_);
    for (int i = lane; i < count; i += group) {
      const int sample = start + i;
      std::uint32_t words[row_capacity];
      float y[row_capacity], terms[row_capacity + 1];
      GUMBELCUDA_UNROLL
      for (int k = 0; k < classes_; ++k) words[k] = all_words[((sample / 4 - quad) * classes_ + k) * 4 + sample % 4];
      gumbel_softmax(logits_, words, 1, y, inverse_temperature_, classes_);
      compute_terms(y, terms);
      GUMBELCUDA_UNROLL
      for (int k = 0; k < width; ++k) terms_[i * width + k] = terms[k];
    }
    __syncwarp();
    GUMBELCUDA_UNROLL
    for (int i = 0; i < count; ++i) {
      float own[base::class_capacity + 1];
      GUMBELCUDA_UNROLL
      for (int k = 0; k < own_width; ++k) own[k] = terms_[i * width + row_element(shape_.classes, k)];
      sum_.add(shape_.batch, begin + i, own, own_width);
    }
  }

  Classes classes_;
  Chunk chunk_;
  shared_pointer<uint4> quads_;
  shared_pointer<float> terms_;
  float logits_[row_capacity], weights_[row_capacity + 1];
};

}  // namespace gumbelcuda
