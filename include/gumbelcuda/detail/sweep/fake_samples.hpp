// SPDX-License-Identifier: Apache-2.0
// Fake samples of GANs of a sweep: their noise, quad by quad, and the race that finds the certain ones where GANs train
// side by side.
#pragma once

#include "gumbelcuda/detail/gan/shape.hpp"
#include "gumbelcuda/math/softmax.hpp"
#ifdef GUMBELCUDA_VECTORS
#include "gumbelcuda/detail/racing_samples.hpp"
#endif

GUMBELCUDA_MATH_BEGIN

// One GAN's; and the definition. The functions are those of racing_samples.
template <class V, class Classes>
class fake_samples {
 public:
  static constexpr bool can_race = false;
  static constexpr int chunk_capacity = 1;

  GUMBELCUDA_INLINE fake_samples(Classes classes, V) : classes_(classes) {}
  GUMBELCUDA_INLINE void set_temperature(V) {}
  GUMBELCUDA_INLINE void begin_step(std::uint64_t first_block) {
    first_block_ = first_block;
    quad_ = -1;
  }
  template <class Noise>
  GUMBELCUDA_INLINE const word_of<V>* staged_words(int sample, Noise& noise) {
    if (sample / 4 != quad_) {
      quad_ = sample / 4;
      noise.write(first_block_ + std::uint64_t(quad_) * std::uint64_t(int(classes_)), classes_, words_);
    }
    return words_ + sample % 4;
  }
  // y of the sample with these words.
  GUMBELCUDA_INLINE void draw_words(const word_of<V>* words, const V* logits, V* y, V inverse_temperature) const {
    gumbel_softmax(logits, words, 4, y, inverse_temperature, classes_);
  }

 private:
  Classes classes_;
  std::uint64_t first_block_ = 0;
  int quad_ = -1;
  word_of<V> words_[std::size_t(4 * capacity<Classes>::classes)];
};

#ifdef GUMBELCUDA_VECTORS
template <class Classes>
class fake_samples<simd_float, Classes> : public racing_samples<Classes> {
 public:
  static constexpr bool can_race = true;
  fake_samples(Classes classes, const simd_float& temperature)
      : racing_samples<Classes>(classes, temperature), classes_(classes) {}
  GUMBELCUDA_INLINE void draw_words(const simd_word* words, const simd_float* logits, simd_float* y,
                                    const simd_float& inverse_temperature) const {
    draw_sample(logits, words, 4, y, inverse_temperature, classes_);
  }

 private:
  Classes classes_;
};
#endif

GUMBELCUDA_MATH_END
