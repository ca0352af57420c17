// SPDX-License-Identifier: Apache-2.0
// Training one GAN in one thread, fast at small temperatures. A race (quad_races.hpp) finds the samples of a generator
// update that are certainly one-hot and so contribute exactly nothing. The others are computed in full, as direct_gan
// does; the threads of a warp share that work (kernels/fleet/racing_warp.cuh). Sums are those of direct_gan, bit for
// bit.
#pragma once

#include "gumbelcuda/detail/gan/quad_races.hpp"
#include "gumbelcuda/detail/gan/quads_gan.hpp"

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
  using base::shape_, base::blocks_, base::gan_, base::sum_, base::inverse_temperature_;

  // The generator's sums. add_doubtful(start, doubtful, first) adds the terms of each sample start + i whose bit i of
  // `doubtful` is set, in this order; `first` is the first sample of the update.
  template <class AddDoubtful>
  GUMBELCUDA_INLINE const V* sum_after_races(int update, AddDoubtful add_doubtful) {
    V handicaps[class_capacity];
    race_handicaps(gan_.logits, gan_.weights, handicaps, shape_.classes);
    sum_.clear(shape_.batch, shape_.classes);
    const int first = (update + 1) * shape_.batch;
    race_quads(first, first + shape_.batch, handicaps, threshold_, shape_.classes, blocks_, this->first_block(),
               [&](int start, std::uint32_t doubtful) { add_doubtful(start, doubtful, first); });
    return sum_.total(shape_.batch, shape_.classes);
  }

  // What a sample adds to the generator's gradient, in full, for a GAN with these parameters and blocks.
  GUMBELCUDA_INLINE void terms_of(const Blocks& blocks, int sample, const V* logits, const V* weights,
                                  V inverse_temperature, V* terms) const {
    word_of<V> words[class_capacity];
    words_of_sample<V>(sample, words, shape_.classes, blocks, this->first_block());
    V y[class_capacity];
    gumbel_softmax(logits, words, 1, y, inverse_temperature, shape_.classes);
    generator_terms(y, weights, terms, shape_.classes);
  }

 private:
  V threshold_;
};

GUMBELCUDA_MATH_END
