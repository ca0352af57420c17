// SPDX-License-Identifier: Apache-2.0
// direct_gan for a GPU thread, which cannot index its registers: the four samples of a quad are computed in code of
// their own, so that words, terms and four slots stay in registers. Long sums take their slots four at a time. A quad
// on the border of two updates is drawn for both. Sums are those of direct_gan, bit for bit.
//
// The slot of a sample is its number in the step modulo the number of slots, where direct_gan takes its number in the
// update. That turns the slots by a constant, which no total notices: in each halving, slots j and j + half are added,
// and they stay a pair when all slots turn (addition is commutative to the bit, NaN apart).
#pragma once

#include "gumbelcuda/detail/gan/direct_gan.hpp"

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

 private:
  // The terms of samples [first, last) of the step, in the slots of sum_.
  template <class Width, class Terms>
  GUMBELCUDA_INLINE void sum_samples(int first, int last, Width width, Terms compute_terms) {
    const int slots = sum_slots(shape_.batch);
    GUMBELCUDA_ROLLED
    for (int slot = 0; slot < slots; slot += 4) {
      V sums[4][class_capacity + 1];
      GUMBELCUDA_UNROLL
      for (int j = 0; j < 4; ++j) {
        GUMBELCUDA_UNROLL_ON_GPU
        for (int k = 0; k < width; ++k) sums[j][k] = V(0);
      }
      const int quad_of_first = first / 4 * 4;
      GUMBELCUDA_ROLLED
      for (int start = quad_of_first + ((slot - quad_of_first) & (slots - 1)); start < last; start += slots)
        add_quad(start, first, last, width, compute_terms, sums);
      GUMBELCUDA_UNROLL
      for (int j = 0; j < 4; ++j) {
        GUMBELCUDA_UNROLL_ON_GPU
        for (int k = 0; k < width; ++k) sum_.slots[slot + j][k] = sums[j][k];
      }
    }
  }

  template <class Width, class Terms>
  GUMBELCUDA_INLINE void add_quad(int start, int first, int last, Width width, Terms compute_terms,
                                  V (&sums)[4][class_capacity + 1]) {
    philox_block<word_of<V>> quad[class_capacity];
    const std::uint64_t first_block = order_.fake_block(step_, std::uint64_t(start / 4));
    GUMBELCUDA_UNROLL_ON_GPU
    for (int k = 0; k < shape_.classes; ++k) quad[k] = blocks_(first_block + std::uint64_t(k));
    GUMBELCUDA_UNROLL
    for (int j = 0; j < 4; ++j) {
      if (start + j < first || start + j >= last) continue;
      V y[class_capacity], terms[class_capacity + 1];
      gumbel_softmax(gan_.logits, &quad[0].word[j], 4, y, inverse_temperature_, shape_.classes);
      compute_terms(y, terms);
      GUMBELCUDA_UNROLL_ON_GPU
      for (int k = 0; k < width; ++k) sums[j][k] = sums[j][k] + terms[k];
    }
  }
};

GUMBELCUDA_MATH_END
