// SPDX-License-Identifier: Apache-2.0
// Trains one GAN in a group that has a lane for each sample, each block of noise and each parameter. A fleet that small
// is as fast as the chain of dependent instructions from one update to the next, so what does not depend on parameters
// is computed early, where the chain leaves the scheduler idle: the Gumbel variates of a batch during the batch before,
// by the lanes that drew the blocks, and those blocks one batch before that. The bias is updated in a lane of its own,
// beside the weights, and what a real sample of each class adds comes from lanes that have no fake sample. Divisions
// are division_by_products. The terms, and the order of their sums, are those of direct_gan.
#pragma once

#include "gumbelcuda/detail/gan/direct_gan.hpp"
#include "kernels/fleet/lane_row.cuh"

namespace gumbelcuda {

template <int Classes, int Batch, int Group>
class early_group_gan : public direct_gan<float, lane_row<fixed<Group>, fixed<1>>, fixed<Batch>, stream_row> {
  using row = lane_row<fixed<Group>, fixed<1>>;
  using base = direct_gan<float, row, fixed<Batch>, stream_row>;
  using base::shape_, base::order_, base::blocks_, base::gan_, base::sum_, base::step_, base::real_, base::hyper_;
  static constexpr fixed<Classes> classes_{};
  static constexpr division_by_products divide_{};
  static constexpr int width = Classes + 1;                        // terms of a sample
  static constexpr int quads = (Batch + (Batch % 2 ? 6 : 5)) / 4;  // that a batch touches at most
  // Floats of shared memory: the variates of a batch and its terms, twice, so that lanes need to meet only once a
  // batch; and the terms of the real samples.
  static constexpr int noise_floats = (Group + Classes - 1) / Classes * 4 * Classes, term_floats = Group * width,
                       half_floats = noise_floats + term_floats;

 public:
  static constexpr bool fits = Classes + Batch <= Group && quads * Classes <= Group;
  GUMBELCUDA_HD static constexpr int bytes(fixed<Classes>, fixed<Batch>) { return 4 * (2 * half_floats + term_floats); }

  __device__ __forceinline__ early_group_gan(gan_shape<row, fixed<Batch>> shape, stream_row blocks, class_words real,
                                             const gan_hyperparameters<float>& hyper, fixed<Classes> classes,
                                             fixed<Batch> chunk)
      : base(shape, blocks, real, hyper),
        lane_(shape.classes.lane),
        sample_(lane_ < Batch ? lane_ : 0),
        noise_place_(lane_ / Classes * 4 * Classes + lane_ % Classes),
        batches_(shape.generator_steps + 1),
        blocks_of_step_(unsigned(order_.real_block(1) - order_.real_block(0))),
        noise_(dynamic_shared<float>(threadIdx.x / unsigned(Group) * unsigned(bytes(classes, chunk)))),
        fake_(noise_ + noise_floats),
        real_samples_(noise_ + 2 * half_floats) {}

  __device__ __forceinline__ void begin_step(std::uint64_t step) {
    base::begin_step(step);
    first_block_ = order_.fake_block(step, 0) + std::uint64_t(lane_);
    if (!begun_) begin();
    begun_ = true;
  }

  __device__ __forceinline__ const float* generator_sums(int update) {
    float y[Classes], terms[width], own[Batch];
    draw_fake(y);
    generator_terms(y, weights_, terms, classes_, divide_);
    write_terms(fake_ + half_, terms, classes_);
    write_noise();
    __syncwarp();
    read_terms(fake_ + half_, own, classes_);
    end_batch(update + 1);
    return total(own);
  }

  __device__ __forceinline__ const float* discriminator_sums() {
    float y[Classes], terms[width], own[Batch], real_own[Batch];
    const int real_class = draw_real();
    draw_fake(y);
    // A lane behind the samples has a class k: the derivative for a real sample of it is that for a fake one whose
    // logit is −(weight k + bias), but for the sign.
    const float logit = lane_ < Batch ? judge(weights_, y, classes_) : -(class_weight_ + weights_[Classes]);
    const float d_logit = d_cross_entropy_label_0(logit, divide_);
    fake_terms_of(d_logit, y, terms, classes_);
    write_terms(fake_ + half_, terms, plus_one(classes_));
    const float real_term = -of_lane(d_logit, Batch + real_class);
    GUMBELCUDA_UNROLL
    for (int k = 0; k < Classes; ++k) terms[k] = k == real_class ? real_term : 0;
    terms[Classes] = real_term;
    write_terms(real_samples_, terms, plus_one(classes_));
    write_noise();
    __syncwarp();
    read_terms(fake_ + half_, own, plus_one(classes_));
    read_terms(real_samples_, real_own, plus_one(classes_));
    end_batch(0);
    const float real_total = *total(real_own), fake_total = *total(own);
    sum_.slots[0][0] = real_total + fake_total;
    return sum_.slots[0];
  }

  __device__ __forceinline__ void update_generator(const float* sums, float correction) {
    base::update_generator(sums, correction);
    gather_logits();
  }
  __device__ __forceinline__ void update_discriminator(const float* sums, float correction) {
    const bool is_bias = lane_ == Classes;
    const auto own = [&](float* values) { return is_bias ? values[1] : values[0]; };
    float parameter = own(gan_.weights), m = own(gan_.weights_m), v = own(gan_.weights_v);
    update_parameters(&parameter, &m, &v, sums, this->discriminator_factor_, hyper_.discriminator_rate * correction,
                      fixed<1>{});
    const auto set = [&](float* values, float updated) {
      values[0] = is_bias ? values[0] : updated;
      values[1] = of_lane(updated, Classes);
    };
    set(gan_.weights, parameter);
    set(gan_.weights_m, m);
    set(gan_.weights_v, v);
    gather_weights();
  }

  // All logits and weights, in every lane; valid after the first step.
  __device__ __forceinline__ const float* logits() const { return logits_; }
  __device__ __forceinline__ const float* weights() const { return weights_; }

 private:
  __device__ __forceinline__ static float of_lane(float own, int lane) {
    return __shfl_sync(whole_warp, own, lane, Group);
  }
  __device__ __forceinline__ void gather_logits() {
    GUMBELCUDA_UNROLL
    for (int k = 0; k < Classes; ++k) logits_[k] = of_lane(gan_.logits[0], k);
  }
  __device__ __forceinline__ void gather_weights() {
    GUMBELCUDA_UNROLL
    for (int k = 0; k < Classes; ++k) weights_[k] = of_lane(gan_.weights[0], k);
    weights_[Classes] = gan_.weights[1];
    class_weight_ = of_lane(gan_.weights[0], lane_ < Batch ? 0 : lane_ - Batch);
  }

  // Before the first step of a launch.
  __device__ __forceinline__ void begin() {
    gather_logits();
    gather_weights();
    draw_words(0);
    compute_noise();
    write_noise();
    __syncwarp();
    end_batch(-1);
  }
  // Once all lanes have written the noise of the next batch: reads it, and draws the words of that after it.
  __device__ __forceinline__ void end_batch(int batch) {
    const int next = batch + 1;
    read_noise(next < batches_ ? next : 0);
    half_ = half_floats - half_;
    draw_words(batch + 2);
  }

  // The words of a batch of this step, or, counting on, of the next step.
  __device__ __forceinline__ void draw_words(int batch) {
    const bool is_later = batch >= batches_;
    const unsigned quad = unsigned((is_later ? batch - batches_ : batch) * Batch) / 4;
    words_ = blocks_(first_block_ + std::uint64_t((is_later ? blocks_of_step_ : 0) + quad * Classes));
  }
  __device__ __forceinline__ void compute_noise() {
    GUMBELCUDA_UNROLL
    for (int w = 0; w < 4; ++w) written_[w] = gumbel<float>(words_.word[w]);
  }
  __device__ __forceinline__ void write_noise() {
    GUMBELCUDA_UNROLL
    for (int w = 0; w < 4; ++w) noise_[half_ + noise_place_ + w * Classes] = written_[w];
  }
  __device__ __forceinline__ void read_noise(int batch) {
    const int first = int(unsigned(batch * Batch) % 4);  // the batch's first sample, in its quad
    GUMBELCUDA_UNROLL
    for (int k = 0; k < Classes; ++k) gumbels_[k] = noise_[half_ + (first + sample_) * Classes + k];
  }

  // The lane's fake sample, and the next batch's noise.
  __device__ __forceinline__ void draw_fake(float* y) {
    GUMBELCUDA_UNROLL
    for (int k = 0; k < Classes; ++k) y[k] = logits_[k] + gumbels_[k];
    tempered_softmax(y, y, this->inverse_temperature_, classes_, divide_);
    compute_noise();
  }
  // The class of the lane's real sample. Every word is in the range of one.
  __device__ __forceinline__ int draw_real() const {
    const std::uint32_t word = word_at(blocks_(order_.real_block(step_) + std::uint64_t(sample_ / 4)), sample_ % 4);
    int drawn = 0;
    GUMBELCUDA_UNROLL
    for (int k = 1; k < Classes; ++k) drawn = word_in_range<float>(word, real_.first[k], real_.last[k]) ? k : drawn;
    return drawn;
  }

  template <class Count>
  __device__ __forceinline__ void write_terms(shared_pointer<float> all, const float* terms, Count count) const {
    GUMBELCUDA_UNROLL
    for (int k = 0; k < count; ++k) all[lane_ * width + k] = terms[k];
  }
  // Those of the lane's parameter; a lane that has none takes another's.
  template <class Count>
  __device__ __forceinline__ void read_terms(shared_pointer<float> all, float* own, Count count) const {
    const int parameter = lane_ < count ? lane_ : 0;
    GUMBELCUDA_UNROLL
    for (int i = 0; i < Batch; ++i) own[i] = all[i * width + parameter];
  }
  __device__ __forceinline__ const float* total(const float* own) {
    sum_.clear(shape_.batch, fixed<1>{});
    GUMBELCUDA_UNROLL
    for (int i = 0; i < Batch; ++i) sum_.add(shape_.batch, i, own + i, fixed<1>{});
    return sum_.total(shape_.batch, fixed<1>{});
  }

  int lane_, sample_, noise_place_, batches_;
  unsigned blocks_of_step_;
  shared_pointer<float> noise_, fake_, real_samples_;
  int half_ = 0;  // the floats before the half of shared memory that is in use
  std::uint64_t first_block_ = 0;
  bool begun_ = false;
  philox_block<std::uint32_t> words_;
  float written_[4], gumbels_[Classes], logits_[Classes], weights_[width], class_weight_;
};

}  // namespace gumbelcuda
