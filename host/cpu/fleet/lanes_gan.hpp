// SPDX-License-Identifier: Apache-2.0
// One GAN per element: the fleet's hot path. At small temperatures most samples are certainly one-hot
// (detail/racing_samples.hpp); in a generator update they contribute exactly nothing. At soft temperatures every sample
// is computed in full. Sums equal those of direct_gan bit for bit.
#pragma once

#include "gumbelcuda/detail/gan/direct_gan.hpp"
#include "gumbelcuda/detail/racing_samples.hpp"

GUMBELCUDA_MATH_BEGIN

// Called once per update.
template <class V, class Count>
[[gnu::noinline]] void update_by_call(V* parameters, V* m, V* v, const V* sums, const V& factor, const V& rate,
                                      Count count) {
  update_parameters(parameters, m, v, sums, factor, rate, count);
}

template <class Classes>
class lanes_gan : public direct_gan<simd_float, Classes, int, row_blocks> {
  using V = simd_float;
  using base = direct_gan<simd_float, Classes, int, row_blocks>;
  using base::class_capacity, base::shape_, base::order_, base::blocks_, base::real_, base::gan_, base::sum_,
      base::step_, base::hyper_, base::generator_factor_, base::discriminator_factor_;

 public:
  GUMBELCUDA_INLINE lanes_gan(gan_shape<Classes, int> shape, row_blocks blocks, class_words real_words,
                              const gan_hyperparameters<V>& hyper, bool racing)
      : base(shape, blocks, real_words, hyper), racing_(racing), samples_(shape.classes, hyper.temperature) {}

  GUMBELCUDA_INLINE void begin_step(std::uint64_t step) {
    base::begin_step(step);
    samples_.begin_step(order_.fake_block(step, 0));
  }

  GUMBELCUDA_INLINE const V* generator_sums(int update) {
    const auto compute_terms = [&](const V* y, const V* weights, V* terms) {
      generator_terms(y, weights, terms, shape_.classes);
    };
    const int first = (update + 1) * shape_.batch;
    sum_.clear(shape_.batch, shape_.classes);
    if (!racing_) {
      add_all(first, shape_.classes, compute_terms);
      return sum_.total(shape_.batch, shape_.classes);
    }
    samples_.begin_races(gan_.logits, gan_.weights, plus_one(shape_.classes));
    samples_.for_each_chunk(first, shape_.batch, blocks_, [&](int begin, int end) {
      for (int sample = begin; sample < end; ++sample) samples_.run_race(sample, begin);
      for_each_doubtful(begin, end, shape_.classes, compute_terms, [&](int sample, int element, const float* terms) {
        float* slot = elements_of(sum_.slot(shape_.batch, sample - first)) + element;
        for (int k = 0; k < shape_.classes; ++k) slot[k * simd_width] += terms[k * simd_width];
      });
    });
    return sum_.total(shape_.batch, shape_.classes);
  }

  GUMBELCUDA_INLINE const V* discriminator_sums() {
    const auto compute_terms = [&](const V* y, const V* weights, V* terms) {
      fake_terms(y, weights, terms, shape_.classes);
    };
    const auto width = plus_one(shape_.classes);
    V real[class_capacity + 1];
    this->sum_real(real);
    sum_.clear(shape_.batch, width);
    if (!racing_) {
      add_all(0, width, compute_terms);
      return sum_.total_plus(real, shape_.batch, width);
    }
    V by_class[class_capacity];
    for (int k = 0; k < shape_.classes; ++k)
      by_class[k] = one_hot_term_label_0(gan_.weights[k], gan_.weights[shape_.classes]);
    samples_.begin_races(gan_.logits, gan_.weights, width);
    samples_.for_each_chunk(0, shape_.batch, blocks_, [&](int begin, int end) {
      for (int sample = begin; sample < end; ++sample) {
        const simd_mask certain = samples_.run_race(sample, begin);
        V* terms = fake_terms_[sample - begin];
        terms[width - 1] = V(0);
        for (int k = 0; k < shape_.classes; ++k) {
          terms[k] = select(certain & samples_.has_won(k), by_class[k], V(0));
          terms[width - 1] = terms[width - 1] + terms[k];  // at most one of them is not zero
        }
      }
      for_each_doubtful(begin, end, width, compute_terms, [&](int sample, int element, const float* terms) {
        float* row = elements_of(fake_terms_[sample - begin]) + element;
        for (int k = 0; k < width; ++k) row[k * simd_width] = terms[k * simd_width];
      });
      for (int sample = begin; sample < end; ++sample)
        sum_.add(shape_.batch, sample, fake_terms_[sample - begin], width);
    });
    return sum_.total_plus(real, shape_.batch, width);
  }

  GUMBELCUDA_INLINE void update_generator(const V* sums, float correction) {
    update_by_call(gan_.logits, gan_.logits_m, gan_.logits_v, sums, generator_factor_,
                   hyper_.generator_rate * V(correction), shape_.classes);
  }
  GUMBELCUDA_INLINE void update_discriminator(const V* sums, float correction) {
    update_by_call(gan_.weights, gan_.weights_m, gan_.weights_v, sums, discriminator_factor_,
                   hyper_.discriminator_rate * V(correction), plus_one(shape_.classes));
  }

 private:
  GUMBELCUDA_INLINE static float* elements_of(V* vectors) { return reinterpret_cast<float*>(vectors); }

  // Adds the terms of every sample of the batch that starts at `first`.
  template <class Width, class Terms>
  GUMBELCUDA_INLINE void add_all(int first, Width width, Terms compute_terms) {
    samples_.for_each_chunk(first, shape_.batch, blocks_, [&](int begin, int end) {
      for (int sample = begin; sample < end; ++sample) {
        V y[class_capacity], terms[class_capacity + 1];
        samples_.draw(sample, gan_.logits, y);
        compute_terms(y, gan_.weights, terms);
        sum_.add(shape_.batch, sample - first, terms, width);
      }
    });
  }

  template <class Width, class Terms, class Put>
  GUMBELCUDA_INLINE void for_each_doubtful(int begin, int end, Width width, Terms compute_terms, Put put) {
    constexpr int most = int(class_capacity) + 1;
    samples_.template for_each_doubtful<most, most>(begin, end, gan_.logits, gan_.weights, width,
                                                    plus_one(shape_.classes), compute_terms, put);
  }

  bool racing_;
  racing_samples<Classes> samples_;
  V fake_terms_[racing_samples<Classes>::chunk_capacity][class_capacity + 1];
};

GUMBELCUDA_MATH_END
