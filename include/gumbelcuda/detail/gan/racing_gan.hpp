// SPDX-License-Identifier: Apache-2.0
// Training one GAN in one thread, fast at small temperatures. A race (detail/gan/race.hpp) finds the samples of a
// generator update that are certainly one-hot and so contribute exactly nothing. The others wait until 32 samples, or
// the batch, have raced. Then they are computed in full, as direct_gan does; the threads of a warp share that work
// (kernels/fleet/racing_warp.cuh). Quads are raced class by class and store nothing: the noise of a doubtful sample is
// drawn again. Sums are those of direct_gan, bit for bit.
#pragma once

#include "gumbelcuda/detail/gan/quads_gan.hpp"
#include "gumbelcuda/detail/gan/race.hpp"

GUMBELCUDA_MATH_BEGIN

template <class V, class Classes, class Batch, class Blocks>
class racing_gan : public quads_gan<V, Classes, Batch, Blocks> {
  using base = quads_gan<V, Classes, Batch, Blocks>;

 public:
  using base::class_capacity;

  GUMBELCUDA_INLINE racing_gan(gan_shape<Classes, Batch> shape, Blocks blocks, class_words real,
                               const gan_hyperparameters<V>& hyper)
      : base(shape, blocks, real, hyper), threshold_(race_threshold(hyper.temperature)) {}

  GUMBELCUDA_INLINE const V* generator_sums(int update) {
    return sum_after_races(update, [&](int start, std::uint32_t doubtful, int first) {
      for (; doubtful != 0; doubtful &= doubtful - 1) {
        const int sample = start + GUMBELCUDA_LOWEST_BIT(doubtful);
        V terms[class_capacity];
        terms_of(blocks_, sample, gan_.logits, gan_.weights, inverse_temperature_, terms);
        sum_.add_anywhere(shape_.batch, sample - first, terms, shape_.classes);
      }
    });
  }

 protected:
  using base::shape_, base::order_, base::blocks_, base::gan_, base::sum_, base::step_, base::inverse_temperature_;
  static constexpr int mask_samples = 32;

  // The generator's sums. add_doubtful(start, doubtful, first) adds the terms of each sample start + i whose bit i of
  // `doubtful` is set, in this order; `first` is the first sample of the update.
  template <class AddDoubtful>
  GUMBELCUDA_INLINE const V* sum_after_races(int update, AddDoubtful add_doubtful) {
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
      add_doubtful(start, doubtful & samples_between(begin - start, end - start), first);
      begin = end;
    }
    return sum_.total(shape_.batch, shape_.classes);
  }

  // What a sample adds to the generator's gradient, in full, for a GAN with these parameters and blocks.
  GUMBELCUDA_INLINE void terms_of(const Blocks& blocks, int sample, const V* logits, const V* weights,
                                  V inverse_temperature, V* terms) const {
    word_of<V> words[class_capacity];
    const std::uint64_t first_block = order_.fake_block(step_, std::uint64_t(sample / 4));
    GUMBELCUDA_UNROLL_ON_GPU
    for (int k = 0; k < shape_.classes; ++k) words[k] = word_at(blocks(first_block + std::uint64_t(k)), sample % 4);
    V y[class_capacity];
    gumbel_softmax(logits, words, 1, y, inverse_temperature, shape_.classes);
    generator_terms(y, weights, terms, shape_.classes);
  }

 private:
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

  V threshold_;
};

GUMBELCUDA_MATH_END
