// SPDX-License-Identifier: Apache-2.0
// direct_gan for a GPU thread, which sums as quad_sums.hpp says. Sums are those of direct_gan, bit for bit.
#pragma once

#include "gumbelcuda/detail/gan/direct_gan.hpp"
#include "gumbelcuda/detail/gan/quad_sums.hpp"

GUMBELCUDA_MATH_BEGIN

template <class V, class Classes, class Batch, class Blocks>
class quads_gan : public direct_gan<V, Classes, Batch, Blocks> {
  using base = direct_gan<V, Classes, Batch, Blocks>;

 public:
  using base::base, base::class_capacity;

  GUMBELCUDA_INLINE const V* generator_sums(int update) {
    const int first = (update + 1) * shape_.batch;
    sum_samples(first, first + shape_.batch, shape_.classes,
                [&](const V* y, V* terms) { generator_terms(y, gan_.weights, terms, shape_.classes); });
    return sum_.total(shape_.batch, shape_.classes);
  }

  GUMBELCUDA_INLINE const V* discriminator_sums() {
    const auto width = plus_one(shape_.classes);
    V real[class_capacity + 1];
    this->sum_real(real);
    sum_samples(0, shape_.batch, width,
                [&](const V* y, V* terms) { fake_terms(y, gan_.weights, terms, shape_.classes); });
    return sum_.total_plus(real, shape_.batch, width);
  }

 protected:
  using base::shape_, base::order_, base::blocks_, base::gan_, base::sum_, base::step_, base::inverse_temperature_;

  // The number of a quad's block for class 0.
  GUMBELCUDA_INLINE auto first_block() const {
    return [order = order_, step = step_](int quad) { return order.fake_block(step, std::uint64_t(quad)); };
  }

 private:
  // The terms of samples [first, last) of the step, in the slots of sum_.
  template <class Width, class Terms>
  GUMBELCUDA_INLINE void sum_samples(int first, int last, Width width, Terms compute_terms) {
    sum_quads(sum_, shape_.batch, first, last, shape_.classes, width, blocks_, first_block(),
              [&](const word_of<V>* words, V* terms) {
                V y[class_capacity];
                gumbel_softmax(gan_.logits, words, 4, y, inverse_temperature_, shape_.classes);
                compute_terms(y, terms);
              });
  }
};

GUMBELCUDA_MATH_END
