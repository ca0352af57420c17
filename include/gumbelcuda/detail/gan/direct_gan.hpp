// SPDX-License-Identifier: Apache-2.0
// The direct way to train: one sample after another, with every class of every sample computed in full. It is the
// definition that the faster ways (racing_gan.hpp, host/cpu/fleet/, kernels/fleet/) must equal bit for bit. It is also
// the way to train at soft temperatures and, with V = double, the reference.
#pragma once

#include "gumbelcuda/detail/gan/batch_sum.hpp"
#include "gumbelcuda/detail/gan/model.hpp"
#include "gumbelcuda/detail/gan/shape.hpp"
#include "gumbelcuda/math/categorical.hpp"
#include "gumbelcuda/math/philox.hpp"

GUMBELCUDA_MATH_BEGIN

// What training needs besides noise and state; each may differ from lane to lane.
template <class V>
struct gan_hyperparameters {
  V generator_rate, discriminator_rate, temperature;
};

// Σ over the batch of the real samples' terms, left in the slots of `sum`. The terms take only K values, one per class:
// by_class[k] for weight k, and for the bias. Words: class_words, or the same of each element. real_word(i): the word
// of real sample i.
template <class V, class Words, class Classes, class Sum, class RealWord>
GUMBELCUDA_INLINE void sum_by_class(const V* by_class, const Words& real, int batch, Classes classes, Sum& sum,
                                    RealWord real_word) {
  sum.clear(batch, plus_one(classes));
  GUMBELCUDA_UNROLL_ON_GPU
  for (int i = 0; i < batch; ++i) {
    const word_of<V> word = real_word(i);
    V* slot = sum.slot(batch, i);
    const auto drawn = [&](int k) {
      const int number = row_element(classes, k);
      return word_in_range<V>(word, real.first[number], real.last[number]);
    };
    GUMBELCUDA_UNROLL_ON_GPU
    for (int k = 0; k < classes; ++k) slot[k] = slot[k] + select(drawn(k), by_class[k], V(0));
    slot[classes] = slot[classes] + row_first(classes, V(0), drawn, [&](int k) { return by_class[k]; });
  }
}
template <class V, class Classes, class Sum, class RealWord>
GUMBELCUDA_INLINE void sum_real_terms(const V* weights, class_words real, int batch, Classes classes, Sum& sum,
                                      RealWord real_word) {
  V by_class[capacity<Classes>::classes];
  GUMBELCUDA_UNROLL_ON_GPU
  for (int k = 0; k < classes; ++k) by_class[k] = one_hot_term_label_1(weights[k], weights[classes]);
  sum_by_class(by_class, real, batch, classes, sum, real_word);
}

// Blocks: a callable from a 64-bit block number of the GAN's row to philox_block<word_of<V>>. ClassCapacity: the number
// of classes that fit into the arrays. What comes after the last class, and after the bias, is 0 and stays 0.
template <class V, class Classes, class Batch, class Blocks, int ClassCapacity = capacity<Classes>::classes>
class direct_gan {
 public:
  static constexpr std::size_t class_capacity = std::size_t(ClassCapacity);

  GUMBELCUDA_INLINE direct_gan(gan_shape<Classes, Batch> shape, Blocks blocks, class_words real,
                               const gan_hyperparameters<V>& hyper)
      : shape_(shape),
        order_(shape),
        blocks_(blocks),
        real_(real),
        hyper_(hyper),
        inverse_temperature_(inverse_temperature(hyper.temperature)),
        generator_factor_(generator_gradient_scale(hyper.temperature) / V(scalar_of<V>(int(shape.batch)))),
        discriminator_factor_(V(1) / V(scalar_of<V>(int(shape.batch)))) {}

  // Starts a GAN that has not trained. To resume one, assign a stored state() instead.
  GUMBELCUDA_INLINE void start() {
    initialize(gan_, shape_.classes, [&](int k) {
      const int number = row_element(shape_.classes, k);
      return word_at(blocks_(std::uint64_t(number / 4)), number % 4);
    });
  }

  GUMBELCUDA_INLINE gan_state<V, class_capacity>& state() { return gan_; }

  GUMBELCUDA_INLINE void begin_step(std::uint64_t step) {
    step_ = step;
    staged_quad_ = -1;
  }

  // Σ of generator_terms over the batch of the update.
  GUMBELCUDA_INLINE const V* generator_sums(int update) {
    sum_.clear(shape_.batch, shape_.classes);
    for (int i = 0; i < shape_.batch; ++i) {
      V y[class_capacity], terms[class_capacity];
      draw_fake((update + 1) * shape_.batch + i, y);
      generator_terms(y, gan_.weights, terms, shape_.classes);
      sum_.add(shape_.batch, i, terms, shape_.classes);
    }
    return sum_.total(shape_.batch, shape_.classes);
  }

  // Σ over the real batch + Σ over the fake batch, for the K weights and the bias.
  GUMBELCUDA_INLINE const V* discriminator_sums() {
    const auto width = plus_one(shape_.classes);
    V real[class_capacity + 1];
    sum_real(real);
    sum_.clear(shape_.batch, width);
    for (int i = 0; i < shape_.batch; ++i) {
      V y[class_capacity], terms[class_capacity + 1];
      draw_fake(i, y);
      fake_terms(y, gan_.weights, terms, shape_.classes);
      sum_.add(shape_.batch, i, terms, width);
    }
    return sum_.total_plus(real, shape_.batch, width);
  }

  GUMBELCUDA_INLINE void update_generator(const V* sums, scalar_of<V> correction) {
    update_parameters(gan_.logits, gan_.logits_m, gan_.logits_v, sums, generator_factor_,
                      hyper_.generator_rate * V(correction), shape_.classes);
  }
  GUMBELCUDA_INLINE void update_discriminator(const V* sums, scalar_of<V> correction) {
    update_parameters(gan_.weights, gan_.weights_m, gan_.weights_v, sums, discriminator_factor_,
                      hyper_.discriminator_rate * V(correction), plus_one(shape_.classes));
  }

 protected:
  // Σ over the real batch.
  GUMBELCUDA_INLINE void sum_real(V* real) {
    const auto width = plus_one(shape_.classes);
    philox_block<word_of<V>> block{};
    sum_real_terms(gan_.weights, real_, shape_.batch, shape_.classes, sum_, [&](int i) {
      if (i % 4 == 0) block = blocks_(order_.real_block(step_) + std::uint64_t(i / 4));
      return block.word[i % 4];
    });
    const V* total = sum_.total(shape_.batch, width);
    GUMBELCUDA_UNROLL_ON_GPU
    for (int k = 0; k < width; ++k) real[k] = total[k];
  }

  // Sample number `sample` of the step.
  GUMBELCUDA_INLINE void draw_fake(int sample, V* y) {
    if (sample / 4 != staged_quad_) {
      staged_quad_ = sample / 4;
      const std::uint64_t first = order_.fake_block(step_, std::uint64_t(staged_quad_));
      for (int k = 0; k < shape_.classes; ++k)
        quad_[k] = blocks_(first + std::uint64_t(row_element(shape_.classes, k)));
    }
    gumbel_softmax(gan_.logits, &quad_[0].word[sample % 4], 4, y, inverse_temperature_, shape_.classes);
  }

  gan_shape<Classes, Batch> shape_;
  noise_order order_;
  Blocks blocks_;
  class_words real_;
  gan_hyperparameters<V> hyper_;
  V inverse_temperature_, generator_factor_, discriminator_factor_;
  gan_state<V, class_capacity> gan_{};
  std::uint64_t step_ = 0;
  batch_sum<V, class_capacity + 1, batch_slots<Batch>::value> sum_{};

 private:
  int staged_quad_ = -1;
  philox_block<word_of<V>> quad_[class_capacity];
};

GUMBELCUDA_MATH_END
