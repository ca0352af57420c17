// SPDX-License-Identifier: Apache-2.0
// One GAN per element: the fleet's hot path. At small temperatures a race (detail/gan/race.hpp) finds the samples that
// are certainly one-hot; in a generator update they contribute exactly nothing. The few others, about one in fourteen
// at τ = 0.001, are gathered from all elements and samples into full vectors and computed in full. At soft temperatures
// every sample is computed in full. Sums equal those of direct_gan bit for bit.
#pragma once

#include "gumbelcuda/detail/gan/direct_gan.hpp"
#include "gumbelcuda/detail/gan/race.hpp"
#include "host/cpu/fleet/sample_terms.hpp"
#include "host/cpu/fleet/staged_noise.hpp"

GUMBELCUDA_MATH_BEGIN

// gumbel_softmax() out of line: it is used in four places and is most of their code. With few classes a call costs
// time.
template <class V, class Classes>
[[gnu::noinline]] void draw_by_call(const V* logits, const word_of<V>* words, int stride, V* y,
                                    const V& inverse_temperature, Classes classes) {
  gumbel_softmax(logits, words, stride, y, inverse_temperature, classes);
}
template <class V, class Classes>
GUMBELCUDA_INLINE void draw_sample(const V* logits, const word_of<V>* words, int stride, V* y,
                                   const V& inverse_temperature, Classes classes) {
  if constexpr (capacity<Classes>::classes <= 3)
    gumbel_softmax(logits, words, stride, y, inverse_temperature, classes);
  else
    draw_by_call(logits, words, stride, y, inverse_temperature, classes);
}
// The other functions that are called once per update.
template <class V, class Classes>
[[gnu::noinline]] void handicap_by_call(const V* logits, const V* weights, V* handicaps, Classes classes) {
  race_handicaps(logits, weights, handicaps, classes);
}
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
      base::step_, base::inverse_temperature_, base::hyper_, base::generator_factor_, base::discriminator_factor_;

 public:
  // An update of 10 samples touches at most 4 quads. A power of two, so that the ring needs no division.
  static constexpr int ring_capacity = 4;

  GUMBELCUDA_INLINE lanes_gan(gan_shape<Classes, int> shape, row_blocks blocks, class_words real_words,
                              const gan_hyperparameters<V>& hyper, bool racing)
      : base(shape, blocks, real_words, hyper), threshold_(race_threshold(hyper.temperature)), racing_(racing) {}

  GUMBELCUDA_INLINE void begin_step(std::uint64_t step) {
    base::begin_step(step);
    ring_.clear();
  }

  GUMBELCUDA_INLINE const V* generator_sums(int update) {
    const generator_term compute_terms;
    const int first = (update + 1) * shape_.batch;
    sum_.clear(shape_.batch, shape_.classes);
    if (!racing_) {
      add_all(first, shape_.classes, compute_terms);
      return sum_.total(shape_.batch, shape_.classes);
    }
    handicap_by_call(gan_.logits, gan_.weights, handicaps_, shape_.classes);
    for_each_chunk(first, [&](int begin, int end) {
      for (int sample = begin; sample < end; ++sample)
        doubtful_[sample - begin] = ~mask_bits(run_race(sample)) & all_elements;
      for_each_doubtful(begin, end, shape_.classes, compute_terms, [&](int sample, int element, const float* terms) {
        float* slot = elements_of(sum_.slot(shape_.batch, sample - first)) + element;
        for (int k = 0; k < shape_.classes; ++k) slot[k * simd_width] += terms[k * simd_width];
      });
    });
    return sum_.total(shape_.batch, shape_.classes);
  }

  GUMBELCUDA_INLINE const V* discriminator_sums() {
    const fake_term compute_terms;
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
    handicap_by_call(gan_.logits, gan_.weights, handicaps_, shape_.classes);
    for_each_chunk(0, [&](int begin, int end) {
      for (int sample = begin; sample < end; ++sample) {
        const simd_mask certain = run_race(sample);
        doubtful_[sample - begin] = ~mask_bits(certain) & all_elements;
        V* terms = fake_terms_[sample - begin];
        terms[width - 1] = V(0);
        for (int k = 0; k < shape_.classes; ++k) {
          terms[k] = select(certain & (times_[k] == podium_.first), by_class[k], V(0));
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
  static constexpr auto all_elements = std::uint32_t((std::uint64_t{1} << simd_width) - 1);

  GUMBELCUDA_INLINE static float* elements_of(V* vectors) { return reinterpret_cast<float*>(vectors); }

  // Calls body(begin, end) for the samples of the batch that starts at `first`, as many at a time as the ring holds.
  template <class Body>
  GUMBELCUDA_INLINE void for_each_chunk(int first, Body body) {
    const int last = first + shape_.batch;
    for (int begin = first; begin < last;) {
      const int begin_quad = begin / 4, all_quads = (last + 3) / 4;
      const int end_quad = all_quads - begin_quad > ring_capacity ? begin_quad + ring_capacity : all_quads;
      const int end = last < 4 * end_quad ? last : 4 * end_quad;
      ring_.stage(begin_quad, end_quad, order_.fake_block(step_, 0), blocks_, shape_.classes);
      for (int i = 0; i < samples_per_group; ++i) doubtful_[end - begin + i] = 0;
      body(begin, end);
      begin = end;
    }
  }

  // Adds the terms of every sample of the batch that starts at `first`.
  template <class Width, class Terms>
  GUMBELCUDA_INLINE void add_all(int first, Width width, Terms compute_terms) {
    for_each_chunk(first, [&](int begin, int end) {
      for (int sample = begin; sample < end; ++sample) {
        V y[class_capacity], terms[class_capacity + 1];
        draw_sample(gan_.logits, words(sample), 4, y, inverse_temperature_, shape_.classes);
        compute_terms(y, gan_.weights, terms, shape_.classes);
        sum_.add(shape_.batch, sample - first, terms, width);
      }
    });
  }

  // Class 0's word; class k's word is 4·k words further.
  GUMBELCUDA_INLINE const simd_word* words(int sample) { return ring_.words(sample / 4, shape_.classes) + sample % 4; }

  // The elements in which the sample is certainly one-hot.
  GUMBELCUDA_INLINE simd_mask run_race(int sample) {
    const simd_word* word = words(sample);
    podium_ = {V(INFINITY), V(INFINITY)};
    for (int k = 0; k < shape_.classes; ++k) {
      times_[k] = race_exponential<V>(word[4 * k]) * handicaps_[k];
      podium_.enter(times_[k]);
    }
    return podium_.is_certain(threshold_);
  }

  // Computes terms(y, weights, out) for the samples that are not certain, in all elements, one vector of samples at a
  // time. Passes each to put(sample, element, its first term), in order of samples; its next term is simd_width numbers
  // further. doubtful_[i]: the elements of sample begin + i.
  template <class Width, class Terms, class Put>
  GUMBELCUDA_INLINE void for_each_doubtful(int begin, int end, Width width, Terms compute_terms, Put put) {
    int listed = 0;
    for (int i = 0; i < end - begin; i += samples_per_group) {
      std::uint64_t group = 0;
      for (int j = 0; j < samples_per_group; ++j) group |= std::uint64_t(doubtful_[i + j]) << (j * simd_width);
      for (; group != 0; group &= group - 1) {
        const int bit = __builtin_ctzll(group), sample = begin + i + bit / simd_width, element = bit % simd_width;
        samples_[listed] = sample;
        elements_[listed] = element;
        offsets_[listed] = (4 * (sample / 4 % ring_capacity) * shape_.classes + sample % 4) * simd_width + element;
        ++listed;
      }
    }
    for (int j = 0; j < simd_width; ++j) elements_[listed + j] = offsets_[listed + j] = 0;  // fill the last vector

    for (int start = 0; start < listed; start += simd_width) {
      const element_lookup of_element(elements_ + start);
      const auto* first_word = reinterpret_cast<const std::uint32_t*>(ring_.words(0, shape_.classes));
      simd_word word[class_capacity];
      V logits[class_capacity], weights[class_capacity + 1], y[class_capacity], terms[class_capacity + 1];
      for (int k = 0; k < shape_.classes; ++k) {
        word[k] = gather<2>(first_word + 4 * k * simd_width, offsets_ + start);
        logits[k] = of_element(gan_.logits[k]);
      }
      for (int k = 0; k <= shape_.classes; ++k) weights[k] = of_element(gan_.weights[k]);
      draw_sample(logits, word, 1, y, of_element(inverse_temperature_), shape_.classes);
      compute_terms(y, weights, terms, shape_.classes);

      alignas(64) float out[(class_capacity + 1) * simd_width];
      for (int k = 0; k < width; ++k) terms[k].store(out + k * simd_width);
      const int count = listed - start < simd_width ? listed - start : simd_width;
      for (int j = 0; j < count; ++j) put(samples_[start + j], elements_[start + j], out + j);
    }
  }

  V threshold_, handicaps_[class_capacity], times_[class_capacity];
  bool racing_;
  race_podium<V> podium_;
  quad_ring<Classes, ring_capacity> ring_;
  // A 64-bit group of samples is read in full, even if a chunk has fewer.
  static constexpr int samples_per_group = 64 / simd_width, chunk_capacity = 4 * ring_capacity;
  std::uint32_t doubtful_[chunk_capacity + samples_per_group] = {};
  std::int32_t samples_[(chunk_capacity + 1) * simd_width], elements_[(chunk_capacity + 1) * simd_width],
      offsets_[(chunk_capacity + 1) * simd_width];
  V fake_terms_[chunk_capacity][class_capacity + 1];
};

GUMBELCUDA_MATH_END
