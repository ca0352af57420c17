// SPDX-License-Identifier: Apache-2.0
// Training one GAN in one thread, fast at small temperatures. A race (detail/gan/race.hpp) finds the samples of a
// generator update that are certainly one-hot and so contribute exactly nothing. The others wait until 32 samples, or
// the batch, have raced. Then they are computed in full, as direct_gan does: the threads of a warp, which wait for one
// another, do that in one short loop. Quads are raced class by class and store nothing: the noise of a doubtful sample
// is drawn again. Sums are those of direct_gan, bit for bit.
#pragma once

#include "gumbelcuda/detail/gan/direct_gan.hpp"
#include "gumbelcuda/detail/gan/race.hpp"

GUMBELCUDA_MATH_BEGIN

template <class V, class Classes, class Batch, class Blocks>
class racing_gan : public direct_gan<V, Classes, Batch, Blocks> {
  using base = direct_gan<V, Classes, Batch, Blocks>;
  using base::class_capacity, base::shape_, base::order_, base::blocks_, base::gan_, base::sum_, base::step_,
      base::inverse_temperature_;

 public:
  GUMBELCUDA_INLINE racing_gan(gan_shape<Classes, Batch> shape, Blocks blocks, class_words real,
                               const gan_hyperparameters<V>& hyper)
      : base(shape, blocks, real, hyper), threshold_(race_threshold(hyper.temperature)) {}

  GUMBELCUDA_INLINE const V* generator_sums(int update) {
    V handicaps[class_capacity];
    race_handicaps(gan_.logits, gan_.weights, handicaps, shape_.classes);
    sum_.clear(shape_.batch, shape_.classes);
    const int first = (update + 1) * shape_.batch, last = first + shape_.batch;
    for (int begin = first; begin < last;) {
      // As many whole quads as fit into one word of bits, from the start of the quad that contains `begin`.
      const int start = begin / 4 * 4, end = last - start < mask_samples ? last : start + mask_samples;
      std::uint32_t doubtful = 0;
      for (int sample = start; sample < end; sample += 4)
        doubtful |= race_quad(sample / 4, handicaps) << (sample - start);
      doubtful &= samples_between(begin - start, end - start);
      for (; doubtful != 0; doubtful &= doubtful - 1) add_doubtful(start + GUMBELCUDA_LOWEST_BIT(doubtful), first);
      begin = end;
    }
    return sum_.total(shape_.batch, shape_.classes);
  }

  // The first quads of a step are those of the discriminator update, so sample 4·quad + j has slot j of a short sum.
  GUMBELCUDA_INLINE const V* discriminator_sums() {
    const auto width = plus_one(shape_.classes);
    V real[class_capacity + 1];
    this->sum_real(real);
    sum_.clear(shape_.batch, width);
    for (int first = 0; first < shape_.batch; first += 4) {
      philox_block<word_of<V>> quad[class_capacity];
      const std::uint64_t first_block = order_.fake_block(step_, std::uint64_t(first / 4));
      GUMBELCUDA_UNROLL_ON_GPU
      for (int k = 0; k < shape_.classes; ++k) quad[k] = blocks_(first_block + std::uint64_t(k));
      GUMBELCUDA_UNROLL
      for (int j = 0; j < 4; ++j) {
        if (first + j >= shape_.batch) continue;
        V y[class_capacity], terms[class_capacity + 1];
        gumbel_softmax(gan_.logits, &quad[0].word[j], 4, y, inverse_temperature_, shape_.classes);
        fake_terms(y, gan_.weights, terms, shape_.classes);
        sum_.add(shape_.batch, first + j, terms, width);
      }
    }
    return sum_.total_plus(real, shape_.batch, width);
  }

 private:
  static constexpr int mask_samples = 32;

  // Bits [low, high).
  GUMBELCUDA_INLINE static std::uint32_t samples_between(int low, int high) {
    const std::uint32_t below_high = high == mask_samples ? ~0u : (1u << high) - 1;
    return below_high & ~((1u << low) - 1);
  }

  // Bit j is set if sample j of the quad may not be one-hot.
  GUMBELCUDA_INLINE std::uint32_t race_quad(int quad, const V* handicaps) {
    race_podium<V> podium[4];
    GUMBELCUDA_UNROLL
    for (int j = 0; j < 4; ++j) podium[j] = {V(INFINITY), V(INFINITY)};
    const std::uint64_t first_block = order_.fake_block(step_, std::uint64_t(quad));
    GUMBELCUDA_UNROLL_ON_GPU
    for (int k = 0; k < shape_.classes; ++k) {
      const philox_block<word_of<V>> block = blocks_(first_block + std::uint64_t(k));
      GUMBELCUDA_UNROLL
      for (int j = 0; j < 4; ++j) podium[j].enter(race_exponential<V>(block.word[j]) * handicaps[k]);
    }
    std::uint32_t doubtful = 0;
    GUMBELCUDA_UNROLL
    for (int j = 0; j < 4; ++j) doubtful |= std::uint32_t(!podium[j].is_certain(threshold_)) << j;
    return doubtful;
  }

  GUMBELCUDA_INLINE void add_doubtful(int sample, int first) {
    word_of<V> words[class_capacity];
    const std::uint64_t first_block = order_.fake_block(step_, std::uint64_t(sample / 4));
    GUMBELCUDA_UNROLL_ON_GPU
    for (int k = 0; k < shape_.classes; ++k) words[k] = word_at(blocks_(first_block + std::uint64_t(k)), sample % 4);
    V y[class_capacity], terms[class_capacity];
    gumbel_softmax(gan_.logits, words, 1, y, inverse_temperature_, shape_.classes);
    generator_terms(y, gan_.weights, terms, shape_.classes);
    sum_.add_anywhere(shape_.batch, sample - first, terms, shape_.classes);
  }

  V threshold_;
};

GUMBELCUDA_MATH_END
