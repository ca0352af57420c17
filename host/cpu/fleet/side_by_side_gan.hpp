// SPDX-License-Identifier: Apache-2.0
// One GAN alone: the samples of a batch lie side by side in the elements of a vector. This is for fleets too small to
// fill vectors with GANs. Sums equal those of direct_gan bit for bit.
#pragma once

#include "gumbelcuda/detail/gan/direct_gan.hpp"
#include "gumbelcuda/detail/gan/race.hpp"
#include "host/cpu/fleet/sample_terms.hpp"
#include "host/cpu/fleet/stream_words.hpp"

GUMBELCUDA_MATH_BEGIN

// The words of one GAN's quads (see noise_order), class by class: word [k][i] is class k's for sample 4·first quad + i.
// Holds a whole step if that fits, otherwise a window of it.
template <class Classes>
class sample_window {
 public:
  static constexpr int min_quads = simd_width / 4 + 1;  // simd_width samples touch at most so many
  static constexpr int words_capacity = 16384 + 4 * min_quads * capacity<Classes>::classes;

  GUMBELCUDA_INLINE sample_window(std::uint64_t seed, std::uint64_t row, Classes classes)
      : stream_{seed, row}, classes_(classes), quads_capacity_(words_capacity / 4 / classes) {}

  GUMBELCUDA_INLINE void clear() { begin_ = end_ = 0; }

  // Makes the samples of quads [begin, end) available; usually they are. `last`: the step's number of quads.
  [[gnu::noinline]] void stage(int begin, int end, int last, std::uint64_t first_block) {
    if (begin_ <= begin && end <= end_) return;
    begin_ = begin;
    end_ = last - begin < quads_capacity_ ? last : begin + quads_capacity_;
    const int blocks = (end_ - begin_) * classes_;
    const std::uint64_t from = first_block + std::uint64_t(begin_) * std::uint64_t(int(classes_));
    int quad = 0, k = 0;
    std::uint32_t* to = words_;
    constexpr int most_blocks = most_vectors_at_a_time * vector_width;
    for (int start = 0; start < blocks; start += most_blocks) {
      alignas(64) std::uint32_t words[most_vectors_at_a_time * words_at_a_time];
      const int count = blocks - start < most_blocks ? blocks - start : most_blocks;
      write_words(stream_, from + std::uint64_t(start), (count + vector_width - 1) / vector_width, words);
      for (int i = 0; i < count; ++i) {
        hn::StoreU(hn::LoadU(four_words(), words + 4 * i), four_words(), to);
        to += quads_capacity_ * 4;
        if (++k == classes_) k = 0, to = words_ + ++quad * 4;
      }
    }
  }

  // Class k's words, from sample `sample` of the step on.
  GUMBELCUDA_INLINE const std::uint32_t* words(int sample, int k) const {
    return words_ + k * quads_capacity_ * 4 + (sample - 4 * begin_);
  }

  // Which samples of those from `sample` on to draw, one per element of a vector. Most calls are for one or for
  // neighbouring ones; these need not wait until the words of all elements have been stored.
  struct chosen_samples {
    const std::int32_t* elements;
    bool are_neighbours;  // elements[j] = elements[0] + j for all that count
  };
  template <class V>
  [[gnu::noinline]] void draw(int sample, const chosen_samples& chosen, const float* logits, float inverse_temperature,
                              V* y) const {
    word_of<V> word[capacity<Classes>::classes];
    V same_logits[capacity<Classes>::classes];
    for (int k = 0; k < classes_; ++k) {
      const std::uint32_t* from = words(sample, k);
      same_logits[k] = V(logits[k]);
      if (chosen.are_neighbours) {
        word[k] = word_of<V>::load(from + chosen.elements[0]);
        continue;
      }
      alignas(64) std::uint32_t in_order[V::width];  // so few that loads are as fast as a gather instruction
      for (int j = 0; j < V::width; ++j) in_order[j] = from[chosen.elements[j]];
      word[k] = word_of<V>::load(in_order);
    }
    gumbel_softmax(same_logits, word, 1, y, V(inverse_temperature), classes_);
  }

 private:
  using four_words = hn::CappedTag<std::uint32_t, 4>;

  stream_row stream_;
  Classes classes_;
  int quads_capacity_, begin_ = 0, end_ = 0;
  // simd_width more: a whole vector may be read from the last sample on.
  std::uint32_t words_[words_capacity + simd_width];
};

// The capacity for which all classes and the bias together fill whole vectors.
template <class Classes>
inline constexpr int capacity_in_vectors = capacity<Classes>::classes / vector_width* vector_width + vector_width - 1;

template <class Classes>
class side_by_side_gan : public direct_gan<float, Classes, int, stream_row, capacity_in_vectors<Classes>> {
  using base = direct_gan<float, Classes, int, stream_row, capacity_in_vectors<Classes>>;
  using base::class_capacity, base::shape_, base::order_, base::blocks_, base::gan_, base::hyper_, base::sum_,
      base::step_, base::inverse_temperature_, base::generator_factor_, base::discriminator_factor_;
  using class_vector = simd_float_n<1>;  // parameters side by side, one per class

 public:
  GUMBELCUDA_INLINE side_by_side_gan(gan_shape<Classes, int> shape, stream_row blocks, class_words real_words,
                                     const gan_hyperparameters<float>& hyper)
      : base(shape, blocks, real_words, hyper),
        threshold_(race_threshold(hyper.temperature)),
        window_(blocks.seed, blocks.row, shape.classes) {}

  GUMBELCUDA_INLINE void begin_step(std::uint64_t step) {
    base::begin_step(step);
    window_.clear();
  }

  GUMBELCUDA_INLINE const float* generator_sums(int update) {
    float handicaps[class_capacity + 1];
    const class_vector start(race_start(gan_.logits, gan_.weights, shape_.classes));
    for (int k = 0; k < shape_.classes; k += vector_width)
      race_handicap(start, class_vector::load(gan_.logits + k)).store(handicaps + k);
    bool all_certain = true;
    for_each_vector((update + 1) * shape_.batch, [&](auto vectors, int first, int i, std::uint32_t valid) {
      const std::uint32_t doubtful = valid & ~run_race(vectors, first + i, handicaps);
      if (doubtful == 0) return;
      if (all_certain) sum_.clear(shape_.batch, shape_.classes);
      all_certain = false;
      add_samples(first, i, doubtful, shape_.classes, generator_term{});
    });
    return all_certain ? zeros_ : sum_.total(shape_.batch, shape_.classes);
  }

  GUMBELCUDA_INLINE const float* discriminator_sums() {
    const auto width = plus_one(shape_.classes);
    float real[class_capacity + 1];
    this->sum_real(real);
    sum_.clear(shape_.batch, width);
    for_each_vector(
        0, [&](auto, int first, int i, std::uint32_t valid) { add_samples(first, i, valid, width, fake_term{}); });
    return sum_.total_plus(real, shape_.batch, width);
  }

  GUMBELCUDA_INLINE void update_generator(const float* sums, float correction) {
    update_side_by_side(gan_.logits, gan_.logits_m, gan_.logits_v, sums, generator_factor_,
                        hyper_.generator_rate * correction, shape_.classes);
  }
  GUMBELCUDA_INLINE void update_discriminator(const float* sums, float correction) {
    update_side_by_side(gan_.weights, gan_.weights_m, gan_.weights_v, sums, discriminator_factor_,
                        hyper_.discriminator_rate * correction, plus_one(shape_.classes));
  }

 private:
  // Zeros after the last parameter stay zeros.
  GUMBELCUDA_INLINE static void update_side_by_side(float* parameters, float* m, float* v, const float* sums,
                                                    float factor, float rate, int count) {
    for (int k = 0; k < count; k += vector_width) {
      auto p = class_vector::load(parameters + k), first = class_vector::load(m + k);
      auto second = class_vector::load(v + k);
      const auto sum = class_vector::load(sums + k);
      update_parameters(&p, &first, &second, &sum, class_vector(factor), class_vector(rate), fixed<1>{});
      p.store(parameters + k);
      first.store(m + k);
      second.store(v + k);
    }
  }

  // Calls body(vectors, first, i, valid) for the batch that starts at `first`: for samples first + i …, one per element
  // of so many vectors (one vector if that holds the batch). The bits of `valid` are the elements that belong to the
  // batch.
  template <class Body>
  GUMBELCUDA_INLINE void for_each_vector(int first, Body body) {
    if (shape_.batch <= vector_width)
      for_each_vector(fixed<1>{}, first, body);
    else
      for_each_vector(fixed<2>{}, first, body);
  }
  template <int Vectors, class Body>
  GUMBELCUDA_INLINE void for_each_vector(fixed<Vectors> vectors, int first, Body body) {
    constexpr int width = Vectors * vector_width;
    for (int i = 0; i < shape_.batch; i += width) {
      const int count = shape_.batch - i < width ? int(shape_.batch) - i : width;
      window_.stage((first + i) / 4, (first + i + count + 3) / 4, int(order_.quads), order_.fake_block(step_, 0));
      body(vectors, first, i, std::uint32_t((std::uint64_t{1} << count) - 1));
    }
  }

  // The elements in which the sample is certainly one-hot.
  template <int Vectors>
  GUMBELCUDA_INLINE std::uint32_t run_race(fixed<Vectors>, int sample, const float* handicaps) const {
    using V = simd_float_n<Vectors>;
    race_podium<V> podium{V(INFINITY), V(INFINITY)};
    for (int k = 0; k < shape_.classes; ++k)
      podium.enter(race_exponential<V>(word_of<V>::load(window_.words(sample, k))) * V(handicaps[k]));
    return mask_bits(podium.is_certain(V(threshold_)));
  }

  // gumbel_softmax() of one sample, its classes side by side. Writes whole vectors of y.
  GUMBELCUDA_INLINE void draw_one(int sample, float* y) const {
    alignas(64) std::uint32_t word[class_capacity + 1] = {};
    for (int k = 0; k < shape_.classes; ++k) word[k] = *window_.words(sample, k);
    class_vector top(-INFINITY);
    for (int k = 0; k < shape_.classes; k += vector_width) {
      const auto g = exponential<class_vector>(word_of<class_vector>::load(word + k));
      const class_vector z = class_vector::load(gan_.logits + k) - log(g);
      top = max(top, first_elements(std::uint64_t(shape_.classes - k), z, class_vector(-INFINITY)));
      z.store(y + k);
    }
    const tempered_gap<class_vector> gap(class_vector(largest_element(top)), class_vector(inverse_temperature_));
    for (int k = 0; k < shape_.classes; k += vector_width) softmax_term(class_vector::load(y + k), gap).store(y + k);
    const float scale = 1 / ordered_sum<float>(shape_.classes, [&](int k) { return y[k]; });
    for (int k = 0; k < shape_.classes; k += vector_width)
      (class_vector::load(y + k) * class_vector(scale)).store(y + k);
  }

  // Computes terms(y, weights, out) for samples first + i + element of the chosen elements and adds them to their
  // slots, in order: one vector of samples at a time, or two if there are that many.
  template <class Width, class Terms>
  [[gnu::noinline]] void add_samples(int first, int i, std::uint32_t chosen, Width width, Terms compute_terms) {
    if ((chosen & (chosen - 1)) == 0) {  // the commonest case
      const int sample = i + __builtin_ctz(chosen);
      float y[class_capacity + 1], terms[class_capacity + 1];
      draw_one(first + sample, y);
      compute_terms(y, gan_.weights, terms, shape_.classes);
      sum_.add(shape_.batch, sample, terms, width);
      return;
    }
    std::int32_t elements[2 * simd_width];
    int count = 0;
    for (; chosen != 0; chosen &= chosen - 1) elements[count++] = __builtin_ctz(chosen);
    for (int j = 0; j < simd_width; ++j) elements[count + j] = 0;  // fill the last vector
    int done = 0;
    for (; count - done > vector_width; done += simd_width)
      add_vector<2>(first, i, elements + done, count - done, width, compute_terms);
    if (done < count) add_vector<1>(first, i, elements + done, count - done, width, compute_terms);
  }

  template <int N, class Width, class Terms>
  GUMBELCUDA_INLINE void add_vector(int first, int i, const std::int32_t* elements, int count, Width width,
                                    Terms compute_terms) {
    using V = simd_float_n<N>;
    V weights[class_capacity + 1], y[class_capacity], terms[class_capacity + 1];
    const int last = count < V::width ? count - 1 : V::width - 1;
    window_.draw(first + i, {elements, elements[last] == elements[0] + last}, gan_.logits, inverse_temperature_, y);
    for (int k = 0; k <= shape_.classes; ++k) weights[k] = V(gan_.weights[k]);
    compute_terms(y, weights, terms, shape_.classes);

    alignas(64) float out[(class_capacity + 1) * V::width];
    for (int k = 0; k < width; ++k) terms[k].store(out + k * V::width);
    for (int j = 0; j < count && j < V::width; ++j) {
      float* slot = sum_.slot(shape_.batch, i + elements[j]);
      for (int k = 0; k < width; ++k) slot[k] += out[k * V::width + j];
    }
  }

  float threshold_;
  float zeros_[class_capacity + 1] = {};  // the sums of samples that are all one-hot
  sample_window<Classes> window_;
};

GUMBELCUDA_MATH_END
