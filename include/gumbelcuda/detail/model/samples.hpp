// SPDX-License-Identifier: Apache-2.0
// Samples of Gumbel-softmax in a model, and what a batch of them adds to a gradient.
#pragma once

#include <type_traits>

#include "gumbelcuda/detail/model/lanes.hpp"
#include "gumbelcuda/detail/model/run.hpp"
#ifdef GUMBELCUDA_MODEL_VECTORS
#include "gumbelcuda/detail/racing_samples.hpp"
#endif
#if GUMBELCUDA_COMPILES_KERNELS
#include "gumbelcuda/detail/gan/quad_races.hpp"
#include "gumbelcuda/detail/gan/quad_sums.hpp"
#include "gumbelcuda/detail/gan/warp_sharing.cuh"
#endif

GUMBELCUDA_MODEL_BEGIN

// What terms a sample has that is exactly one-hot. any: their own. zero: none, as the gradient of a softmax has none.
// Then most samples at a small temperature need not be computed at all.
struct any_terms_if_one_hot {};
struct zero_terms_if_one_hot {};

// Samples of softmax((logits + gumbel)/τ) with K classes, at the run's temperature. The words of sample s are number
// s mod 4 of blocks first_block + ⌊s/4⌋·K + k, k = 0 … K − 1: four samples take K blocks, which are drawn once if
// samples are drawn in order.
template <class Run, int K>
class gumbel_softmax_samples {
  using V = typename Run::lane;

 public:
  GUMBELCUDA_INLINE gumbel_softmax_samples(Run& run, fixed<K>, std::uint64_t first_block)
      : run_(run), first_block_(first_block), inverse_temperature_(inverse_temperature(run.temperature())) {}

  // y of one sample.
  GUMBELCUDA_INLINE void draw(int sample, const V* logits, V* y) {
    if (sample / 4 != quad_) {
      quad_ = sample / 4;
      GUMBELCUDA_UNROLL_ON_GPU
      for (int k = 0; k < K; ++k) blocks_[k] = run_.block(first_block_ + std::uint64_t(quad_) * K + std::uint64_t(k));
    }
    gumbel_softmax(logits, &blocks_[0].word[sample % 4], 4, y, inverse_temperature_, fixed<K>{});
  }

  // Σ over samples first … first + Batch − 1 of terms(y, others, out), which writes Width numbers. The logits are those
  // of one group of parameters, `others` the parameters of another. The callable takes everything that differs from
  // model to model from its arguments: the models that it gets together may be any.
  template <int Batch, int Width, int Logits, int Others, class Terms, class OneHot = any_terms_if_one_hot>
  GUMBELCUDA_INLINE lanes<V, Width> sum(int first, fixed<Batch> batch, fixed<Width> width, fixed<Logits> logits,
                                        fixed<Others> others, Terms terms, OneHot = {}) {
    return run_.sum(batch, width, [&](int i, V* out) {
      V y[std::size_t(K)];
      draw(first + i, run_.parameters(logits), y);
      terms(static_cast<const V*>(y), static_cast<const V*>(run_.parameters(others)), out);
    });
  }

 private:
  Run& run_;
  std::uint64_t first_block_;
  V inverse_temperature_;
  int quad_ = -1;
  philox_block<word_of<V>> blocks_[std::size_t(K)];
};

#ifdef GUMBELCUDA_MODEL_VECTORS

// The same for models side by side, faster at small temperatures.
template <class Model, class Optimizer, int K>
class gumbel_softmax_samples<model_run<Model, simd_float, row_blocks, Optimizer>, K> {
  using V = simd_float;
  using run_type = model_run<Model, V, row_blocks, Optimizer>;

 public:
  GUMBELCUDA_INLINE gumbel_softmax_samples(run_type& run, fixed<K>, std::uint64_t first_block)
      : run_(run),
        racing_(largest_element(run.temperature()) <= racing_temperature_limit),
        samples_(fixed<K>{}, run.temperature()) {
    samples_.begin_step(run.first_block() + first_block);
  }

  GUMBELCUDA_INLINE void draw(int sample, const V* logits, V* y) {
    samples_.for_each_chunk(sample, 1, run_.blocks(), [&](int, int) { samples_.draw(sample, logits, y); });
  }

  template <int Batch, int Width, int Logits, int Others, class Terms, class OneHot = any_terms_if_one_hot>
  GUMBELCUDA_INLINE lanes<V, Width> sum(int first, fixed<Batch> batch, fixed<Width> width, fixed<Logits> of_logits,
                                        fixed<Others> of_others, Terms terms, OneHot = {}) {
    constexpr bool all_count = std::is_same_v<OneHot, any_terms_if_one_hot>;
    constexpr int count = Model::parameters::size(Others);
    const V *const logits = run_.parameters(of_logits), *const others = run_.parameters(of_others);
    batch_sum<V, Width, sum_slots(Batch)> slots;
    slots.clear(batch, width);
    if (!racing_) {
      samples_.for_each_chunk(first, batch, run_.blocks(), [&](int begin, int end) {
        for (int sample = begin; sample < end; ++sample) {
          V y[std::size_t(K)], of_sample[std::size_t(Width)];
          samples_.draw(sample, logits, y);
          terms(static_cast<const V*>(y), others, of_sample);
          slots.add(batch, sample - first, of_sample, width);
        }
      });
    } else {
      V by_class[all_count ? std::size_t(K) : 1][std::size_t(Width)];
      V of_samples[all_count ? std::size_t(racing_samples<fixed<K>>::chunk_capacity) : 1][std::size_t(Width)];
      if constexpr (all_count)
        for (int k = 0; k < K; ++k) {
          V one_hot[std::size_t(K)];
          for (int j = 0; j < K; ++j) one_hot[j] = V(j == k ? 1.0f : 0.0f);
          terms(static_cast<const V*>(one_hot), others, by_class[k]);
        }
      samples_.begin_races(logits, others, fixed<count>{});
      samples_.for_each_chunk(first, batch, run_.blocks(), [&](int begin, int end) {
        for (int sample = begin; sample < end; ++sample) {
          const simd_mask certain = samples_.run_race(sample, begin);
          if constexpr (all_count) {
            V* const of_sample = of_samples[sample - begin];
            for (int n = 0; n < Width; ++n) of_sample[n] = V(0);
            for (int k = 0; k < K; ++k) {
              const simd_mask won = certain & samples_.has_won(k);
              for (int n = 0; n < Width; ++n) of_sample[n] = select(won, by_class[k][n], of_sample[n]);
            }
          }
        }
        samples_.template for_each_doubtful<count, Width>(
            begin, end, logits, others, width, fixed<count>{}, terms, [&](int sample, int element, const float* from) {
              V* const to = all_count ? of_samples[sample - begin] : slots.slot(batch, sample - first);
              float* const numbers = reinterpret_cast<float*>(to) + element;
              for (int n = 0; n < Width; ++n)
                numbers[n * simd_width] =
                    all_count ? from[n * simd_width] : numbers[n * simd_width] + from[n * simd_width];
            });
        if constexpr (all_count)
          for (int sample = begin; sample < end; ++sample)
            slots.add(batch, sample - first, of_samples[sample - begin], width);
      });
    }
    const V* const total = slots.total(batch, width);
    lanes<V, Width> result;
    for (int n = 0; n < Width; ++n) result[n] = total[n];
    return result;
  }

 private:
  run_type& run_;
  bool racing_;
  racing_samples<fixed<K>> samples_;
};

#endif

#if GUMBELCUDA_COMPILES_KERNELS

inline constexpr int model_block = 128;  // threads

// The same in a thread of a kernel, in registers. Where races pay and one-hot samples add nothing, the lanes of a warp
// share the samples that are not certainly one-hot; so all of a warp's models must call sum() together.
template <class Model, class Optimizer, bool Races, int K>
class gumbel_softmax_samples<model_run<Model, float, stream_row, Optimizer, 0, Races>, K> {
  using run_type = model_run<Model, float, stream_row, Optimizer, 0, Races>;

 public:
  GUMBELCUDA_INLINE gumbel_softmax_samples(run_type& run, fixed<K>, std::uint64_t first_block)
      : run_(run), first_block_(first_block), inverse_temperature_(inverse_temperature(run.temperature())) {}

  GUMBELCUDA_INLINE void draw(int sample, const float* logits, float* y) {
    std::uint32_t words[std::size_t(K)];
    words_of_sample<float>(sample, words, fixed<K>{}, run_.blocks(), first_block_of_quad());
    gumbel_softmax(logits, words, 1, y, inverse_temperature_, fixed<K>{});
  }

  template <int Batch, int Width, int Logits, int Others, class Terms, class OneHot = any_terms_if_one_hot>
  GUMBELCUDA_INLINE lanes<float, Width> sum(int first, fixed<Batch> batch, fixed<Width> width, fixed<Logits> of_logits,
                                            fixed<Others> of_others, Terms terms, OneHot = {}) {
    const float *const logits = run_.parameters(of_logits), *const others = run_.parameters(of_others);
    batch_sum<float, Width, sum_slots(Batch)> slots;
    constexpr bool races = Races && GUMBELCUDA_COMPILES_FOR_DEVICE && std::is_same_v<OneHot, zero_terms_if_one_hot>;
    if constexpr (races)
      sum_doubtful(slots, first, batch, logits, others, fixed<Model::parameters::size(Others)>{}, terms);
    else
      sum_quads(slots, Batch, first, first + Batch, fixed<K>{}, width, run_.blocks(), first_block_of_quad(),
                [&](const std::uint32_t* words, float* of_sample) {
                  float y[std::size_t(K)];
                  gumbel_softmax(logits, words, 4, y, inverse_temperature_, fixed<K>{});
                  terms(static_cast<const float*>(y), others, of_sample);
                });
    const float* const total = slots.total(batch, width);
    lanes<float, Width> result;
    GUMBELCUDA_UNROLL_ON_GPU
    for (int n = 0; n < Width; ++n) result[n] = total[n];
    return result;
  }

 private:
  // The number of a quad's block for class 0.
  GUMBELCUDA_INLINE auto first_block_of_quad() const {
    return [first = run_.first_block() + first_block_](int quad) { return first + std::uint64_t(quad) * K; };
  }

#if GUMBELCUDA_COMPILES_FOR_DEVICE
  template <int Slots, int Batch, int Width, int Count, class Terms>
  __device__ __forceinline__ void sum_doubtful(batch_sum<float, Width, Slots>& slots, int first, fixed<Batch> batch,
                                               const float* logits, const float* others, fixed<Count> count,
                                               Terms terms) {
    constexpr unsigned all_lanes = 0xffffffffu;
    const stream_row& row = run_.blocks();
    float handicaps[std::size_t(K)];
    race_handicaps(logits, others, handicaps, fixed<K>{}, count);
    slots.clear(batch, fixed<Width>{});
    // The terms of a sample of the model that lane `owner` trains.
    const auto compute = [&](int owner, int sample, float* of_sample) {
      float of_logits[std::size_t(K)], of_others[std::size_t(Count)];
      GUMBELCUDA_UNROLL_ON_GPU
      for (int k = 0; k < K; ++k) of_logits[k] = __shfl_sync(all_lanes, logits[k], owner);
      GUMBELCUDA_UNROLL_ON_GPU
      for (int n = 0; n < Count; ++n) of_others[n] = __shfl_sync(all_lanes, others[n], owner);
      const std::uint32_t low = __shfl_sync(all_lanes, std::uint32_t(row.row), owner),
                          high = __shfl_sync(all_lanes, std::uint32_t(row.row >> 32), owner);
      std::uint32_t words[std::size_t(K)];
      words_of_sample<float>(sample, words, fixed<K>{}, stream_row{row.seed, std::uint64_t{high} << 32 | low},
                             first_block_of_quad());
      float y[std::size_t(K)];
      gumbel_softmax(of_logits, words, 1, y, __shfl_sync(all_lanes, inverse_temperature_, owner), fixed<K>{});
      terms(static_cast<const float*>(y), static_cast<const float*>(of_others), of_sample);
    };
    race_quads(first, first + Batch, handicaps, race_threshold(run_.temperature()), fixed<K>{}, row,
               first_block_of_quad(), [&](int start, std::uint32_t doubtful) {
                 share_in_warp<model_block, Width>(
                     doubtful, fixed<Width>{},
                     [&](int owner, int bit, float* of_sample) { compute(owner, start + bit, of_sample); },
                     [&](int bit, const float* of_sample) {
                       slots.add_anywhere(Batch, start + bit - first, of_sample, fixed<Width>{});
                     });
               });
  }
#endif

  run_type& run_;
  std::uint64_t first_block_;
  float inverse_temperature_;
};

#endif

GUMBELCUDA_MODEL_END
