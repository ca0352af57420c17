// SPDX-License-Identifier: Apache-2.0
// Samples of Gumbel-softmax for many models side by side, one in each element of a vector. At small temperatures a race
// (detail/gan/race.hpp) finds the samples that are certainly one-hot. The few others, about one in fourteen at τ =
// 0.001, are gathered from all elements and samples into full vectors and computed in full.
#pragma once

#include "gumbelcuda/detail/gan/race.hpp"
#include "gumbelcuda/detail/gan/shape.hpp"
#include "gumbelcuda/detail/quad_ring.hpp"
#include "gumbelcuda/math/softmax.hpp"

GUMBELCUDA_MATH_BEGIN

// gumbel_softmax() out of line: it is used in several places and is most of their code. With few classes a call costs
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
template <class V, class Classes, class Count>
[[gnu::noinline]] void handicap_by_call(const V* logits, const V* others, V* handicaps, Classes classes, Count count) {
  race_handicaps(logits, others, handicaps, classes, count);
}

template <class Classes>
class racing_samples {
  using V = simd_float;
  static constexpr auto class_capacity = std::size_t(capacity<Classes>::classes);

 public:
  // An update of 10 samples touches at most 4 quads. A power of two, so that the ring needs no division.
  static constexpr int ring_capacity = 4, chunk_capacity = 4 * ring_capacity;

  GUMBELCUDA_INLINE racing_samples(Classes classes, const V& temperature) : classes_(classes) {
    set_temperature(temperature);
  }
  GUMBELCUDA_INLINE void set_temperature(const V& temperature) {
    inverse_temperature_ = inverse_temperature(temperature);
    threshold_ = race_threshold(temperature);
  }

  // For a step whose quad 0 has this first block (see noise_order).
  GUMBELCUDA_INLINE void begin_step(std::uint64_t first_block) {
    first_block_ = first_block;
    ring_.clear();
  }

  // Calls body(begin, end) for the samples of a batch that starts at `first`, as many at a time as the ring holds.
  template <class Blocks, class Body>
  GUMBELCUDA_INLINE void for_each_chunk(int first, int batch, Blocks& blocks, Body body) {
    const int last = first + batch;
    for (int begin = first; begin < last;) {
      const int begin_quad = begin / 4, all_quads = (last + 3) / 4;
      const int end_quad = all_quads - begin_quad > ring_capacity ? begin_quad + ring_capacity : all_quads;
      const int end = last < 4 * end_quad ? last : 4 * end_quad;
      ring_.stage(begin_quad, end_quad, first_block_, blocks, classes_);
      for (int i = 0; i < samples_per_group; ++i) doubtful_[end - begin + i] = 0;
      body(begin, end);
      begin = end;
    }
  }

  // The words of one sample: class k's is 4·k words further than class 0's.
  template <class Blocks>
  GUMBELCUDA_INLINE const simd_word* staged_words(int sample, Blocks& blocks) {
    ring_.stage(sample / 4, sample / 4 + 1, first_block_, blocks, classes_);
    return words(sample);
  }

  GUMBELCUDA_INLINE void draw(int sample, const V* logits, V* y) {
    draw_sample(logits, words(sample), 4, y, inverse_temperature_, classes_);
  }

  // Before races with these logits. `others`: the `count` numbers from which terms are computed, besides y.
  template <class Count>
  GUMBELCUDA_INLINE void begin_races(const V* logits, const V* others, Count count) {
    handicap_by_call(logits, others, handicaps_, classes_, count);
  }

  // The elements in which the sample is certainly one-hot, at the class k for which has_won(k) holds. The others are
  // doubtful.
  GUMBELCUDA_INLINE simd_mask run_race(int sample, int begin) {
    const simd_word* word = words(sample);
    podium_ = {V(INFINITY), V(INFINITY)};
    for (int k = 0; k < classes_; ++k) {
      times_[k] = race_exponential<V>(word[4 * k]) * handicaps_[k];
      podium_.enter(times_[k]);
    }
    const simd_mask certain = podium_.is_certain(threshold_);
    doubtful_[sample - begin] = ~mask_bits(certain) & all_elements;
    return certain;
  }
  GUMBELCUDA_INLINE simd_mask has_won(int k) const { return times_[k] == podium_.first; }

  // Computes terms(y, others, out) for the doubtful samples of a chunk, in all elements, one vector of samples at a
  // time. Passes each to put(sample, element, its first term), in order of samples; its next term is simd_width numbers
  // further. Width: how many terms; Count: how many others, of which MostOthers is the largest number.
  template <int MostOthers, int MostTerms, class Width, class Count, class Terms, class Put>
  GUMBELCUDA_INLINE void for_each_doubtful(int begin, int end, const V* all_logits, const V* all_others, Width width,
                                           Count count_of_others, Terms compute_terms, Put put) {
    V others[std::size_t(MostOthers)];
    for_each_doubtful<MostTerms>(begin, end, all_logits, all_others, others, width, count_of_others, compute_terms,
                                 put);
  }
  // The same with memory for `others` from the caller.
  template <int MostTerms, class Width, class Count, class Terms, class Put>
  GUMBELCUDA_INLINE void for_each_doubtful(int begin, int end, const V* all_logits, const V* all_others, V* others,
                                           Width width, Count count_of_others, Terms compute_terms, Put put) {
    int listed = 0;
    for (int i = 0; i < end - begin; i += samples_per_group) {
      std::uint64_t group = 0;
      for (int j = 0; j < samples_per_group; ++j) group |= std::uint64_t(doubtful_[i + j]) << (j * simd_width);
      for (; group != 0; group &= group - 1) {
        const int bit = __builtin_ctzll(group), sample = begin + i + bit / simd_width, element = bit % simd_width;
        samples_[listed] = sample;
        elements_[listed] = element;
        offsets_[listed] = (4 * (sample / 4 % ring_capacity) * classes_ + sample % 4) * simd_width + element;
        ++listed;
      }
    }
    for (int j = 0; j < simd_width; ++j) elements_[listed + j] = offsets_[listed + j] = 0;  // fill the last vector

    for (int start = 0; start < listed; start += simd_width) {
      const element_lookup of_element(elements_ + start);
      const auto* first_word = reinterpret_cast<const std::uint32_t*>(ring_.words(0, classes_));
      simd_word word[class_capacity];
      V logits[class_capacity], y[class_capacity], terms[std::size_t(MostTerms)];
      for (int k = 0; k < classes_; ++k) {
        word[k] = gather<2>(first_word + 4 * k * simd_width, offsets_ + start);
        logits[k] = of_element(all_logits[k]);
      }
      for (int k = 0; k < count_of_others; ++k) others[k] = of_element(all_others[k]);
      draw_sample(logits, word, 1, y, of_element(inverse_temperature_), classes_);
      compute_terms(static_cast<const V*>(y), static_cast<const V*>(others), static_cast<V*>(terms));

      alignas(64) float out[std::size_t(MostTerms * simd_width)];
      for (int k = 0; k < width; ++k) terms[k].store(out + k * simd_width);
      const int count = listed - start < simd_width ? listed - start : simd_width;
      for (int j = 0; j < count; ++j) put(samples_[start + j], elements_[start + j], out + j);
    }
  }

 private:
  static constexpr auto all_elements = std::uint32_t((std::uint64_t{1} << simd_width) - 1);

  // Class 0's word; class k's word is 4·k words further.
  GUMBELCUDA_INLINE const simd_word* words(int sample) { return ring_.words(sample / 4, classes_) + sample % 4; }

  Classes classes_;
  V inverse_temperature_, threshold_, handicaps_[class_capacity], times_[class_capacity];
  std::uint64_t first_block_ = 0;
  race_podium<V> podium_;
  quad_ring<Classes, ring_capacity> ring_;
  // A 64-bit group of samples is read in full, even if a chunk has fewer.
  static constexpr int samples_per_group = 64 / simd_width;
  std::uint32_t doubtful_[chunk_capacity + samples_per_group] = {};
  std::int32_t samples_[(chunk_capacity + 1) * simd_width], elements_[(chunk_capacity + 1) * simd_width],
      offsets_[(chunk_capacity + 1) * simd_width];
};

GUMBELCUDA_MATH_END
