// SPDX-License-Identifier: Apache-2.0
// Real samples of GANs of a sweep, from a distribution or from data, and what is done to them (gan_smoothing).
#pragma once

#include "gumbelcuda/detail/sweep/data_places.hpp"
#include "gumbelcuda/detail/sweep/lane_numbers.hpp"
#include "gumbelcuda/detail/sweep/shape.hpp"
#include "gumbelcuda/detail/sweep/task.hpp"
#include "gumbelcuda/math/categorical.hpp"
#include "gumbelcuda/math/conditional.hpp"
#include "gumbelcuda/math/normal.hpp"
#include "gumbelcuda/math/softmax.hpp"

GUMBELCUDA_MATH_BEGIN

template <class V, int MostClasses>
class real_samples {
  static constexpr int width = lane<V>::width;
  static constexpr std::size_t elements = std::size_t(width), most = std::size_t(MostClasses);

 public:
  GUMBELCUDA_INLINE real_samples(const sweep_task& task, const std::uint32_t* gans) : task_(task), shape_(task.shape) {
    const auto classes = unsigned(task.shape.classes);
    alignas(64) float amount[elements];
    for (int i = 0; i < width; ++i) {
      const sweep_gan_settings& gan = task.gans[gans[i]];
      rows_[i] = {gan.seed, gan.row};
      amount[i] = gan.smoothing_amount;
      if (task.data) start_[i] = chosen_place(rows_[i](sweep_noise::data).word[0], task.data_count);
    }
    amount_ = load_numbers<V>(amount);
    for (int k = 0; k < task.shape.classes; ++k) {
      alignas(64) std::uint32_t first[elements], last[elements];
      for (int i = 0; i < width; ++i) {
        const std::uint64_t at = std::uint64_t(task.gans[gans[i]].target) * classes + unsigned(k);
        first[i] = task.data ? unsigned(k) : task.first_word[at];
        last[i] = task.data ? unsigned(k) : task.last_word[at];
      }
      first_[k] = load_words<V>(first);
      last_[k] = load_words<V>(last);
    }
  }

  // Before the samples of a step, whose words begin at this block.
  GUMBELCUDA_INLINE void begin_step(std::uint64_t first_block) {
    first_block_ = first_block;
    quad_ = smoothing_quad_ = -1;
  }

  // The words of each element's classes, see class_words; if there are data, a class's only word is its number.
  struct class_words_of_lanes {
    const word_of<V>*first, *last;
  };
  GUMBELCUDA_INLINE class_words_of_lanes words() const { return {first_, last_}; }
  // The word of real sample number `sample` of the step.
  template <class Noise>
  GUMBELCUDA_INLINE word_of<V> word(int sample, std::uint64_t step, Noise& noise) {
    if (task_.data) return datum(sample, step);
    if (sample / 4 != quad_) {
      quad_ = sample / 4;
      noise.write(first_block_ + std::uint64_t(quad_), 1, words_);
    }
    return words_[sample % 4];
  }

  // x: real sample number `sample` of the step as the discriminator sees it. scratch: `classes` lanes.
  template <class Noise>
  GUMBELCUDA_INLINE void draw(int sample, std::uint64_t step, Noise& noise, V inverse_temperature, V* scratch, V* x) {
    const gan_problem& problem = shape_.problem;
    const int classes = shape_.classes;
    const word_of<V> word_of_sample = word(sample, step, noise);
    const bool is_label = problem.smoothing == gan_smoothing::label;
    const V off = is_label ? amount_ / V(scalar_of<V>(classes)) : V(0), on = is_label ? (V(1) - amount_) + off : V(1);
    for (int k = 0; k < classes; ++k) {
      x[k] = select(word_in_range<V>(word_of_sample, first_[k], last_[k]), on, off);
    }
    if (problem.smoothing != gan_smoothing::normal && problem.smoothing != gan_smoothing::gumbel_softmax) return;
    if (sample / 4 != smoothing_quad_) {
      smoothing_quad_ = sample / 4;
      noise.write(sweep_noise::smoothing_block(shape_, step, smoothing_quad_), classes, smoothing_words_);
    }
    const word_of<V>* const words = smoothing_words_ + sample % 4;
    if (problem.smoothing == gan_smoothing::normal) {
      for (int k = 0; k < classes; ++k) x[k] = fma(amount_, normal<V>(words[4 * k]), x[k]);
      return;
    }
    const V log_total = log(V(scalar_of<V>(classes)));
    scores_given_largest<V>(nullptr, x, words, 4, log_total, scratch, classes);
    tempered_softmax(scratch, x, inverse_temperature, classes);
  }

 private:
  // The class of each GAN's datum.
  GUMBELCUDA_INLINE word_of<V> datum(int sample, std::uint64_t step) {
    alignas(64) std::uint32_t of_gans[elements];
    const std::uint64_t count = task_.data_count;
    const std::uint64_t number = step * std::uint64_t(task_.shape.batch) + std::uint64_t(sample);
    for (int i = 0; i < width; ++i) {
      std::uint64_t place = 0;
      if (task_.order == data_order::file) {
        place = (start_[i] + number) % count;
      } else if (task_.order == data_order::iid) {
        place = chosen_place(word_at(rows_[i](first_block_ + std::uint64_t(sample / 4)), sample % 4), count);
      } else {
        const std::uint64_t pass = number / count;
        if (pass + 1 != keys_of_pass_[i]) {
          keys_of_pass_[i] = pass + 1;
          keys_[i] = rows_[i](sweep_noise::data + 1 + pass);
        }
        place = permuted_place(number % count, count, keys_[i].word);
      }
      of_gans[i] = task_.data[place];
    }
    return load_words<V>(of_gans);
  }

  const sweep_task& task_;
  sweep_shape shape_;
  stream_row rows_[elements];
  V amount_;
  std::uint64_t start_[elements];
  std::uint64_t keys_of_pass_[elements] = {};  // one more than its number; 0: of none
  philox_block<std::uint32_t> keys_[elements];
  std::uint64_t first_block_ = 0;
  int quad_ = -1, smoothing_quad_ = -1;
  word_of<V> first_[most], last_[most], words_[4], smoothing_words_[4 * most];
};

GUMBELCUDA_MATH_END
