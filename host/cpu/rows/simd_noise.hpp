// SPDX-License-Identifier: Apache-2.0
// The noise of many quads, in three passes over data that fits the first-level cache: words, exponentials, Gumbels.
// Each is a chain of some thirty dependent instructions. A processor's instruction window holds the chains of several
// vectors of one pass, but not all three chains of one quad.
#pragma once

#include "host/cpu/rows/simd_rows.hpp"

GUMBELCUDA_MATH_BEGIN

// A group is as many quads as a vector has elements.
class noise_passes {
 public:
  static constexpr int most_groups = 18;  // 9 KiB at most in all, and a multiple of most_vectors_at_a_time

  // `groups`: at most most_groups.
  GUMBELCUDA_INLINE noise_passes(const row_noise& noise, std::uint64_t quad, int groups) {
    write_words(noise.stream, noise.first_block + quad, groups, words_);
    simd_word lowest(~std::uint32_t{0});
    for (int i = 0; i < groups * group_classes; i += group_classes) {
      // exponential() in two halves, so that the window also holds enough of these chains.
      constexpr int pairs = quad_size / simd_float::vectors;
      detail::reduced_word<simd_float> reduced[pairs];
      for (int j = 0; j < pairs; ++j) {
        const simd_word words = simd_word::load(words_ + i + j * simd_width);
        lowest = min(lowest, words);
        reduced[j] = detail::reduce_word<simd_float>(words);
      }
      for (int j = 0; j < pairs; ++j) detail::exponential_of(reduced[j]).store(exponentials_ + i + j * simd_width);
    }
    if (!any_element(word_in_range<simd_float>(lowest, 0, tail_words - 1))) return;
    for (int i = 0; i < groups; ++i)
      replace_tail(noise, quad + std::uint64_t(i * class_width), words_ + i * group_classes,
                   exponentials_ + i * group_classes);
  }
  GUMBELCUDA_INLINE void gumbels(int group, class_vector* g) const {
    const float* exponentials = exponentials_ + group * group_classes;
    for (int j = 0; j < quad_size; j += simd_float::vectors) {
      const simd_float pair = negated_log(simd_float::load(exponentials + j * class_width));
      for (int i = 0; i < simd_float::vectors; ++i) g[j + i].v[0] = pair.v[i];
    }
  }

 private:
  alignas(64) std::uint32_t words_[most_groups * group_classes];
  alignas(64) float exponentials_[most_groups * group_classes];
};

// Same as the scalar version (detail/rows/gumbel.hpp).
template <class Stored>
GUMBELCUDA_INLINE void gumbel_noise_of_quads(const row_noise& noise, std::uint64_t first, std::uint64_t last,
                                             const vector_memory<Stored>& memory) {
  for (std::uint64_t left; first < last; first += left * class_width) {
    left = (last - first + class_width - 1) / class_width;
    if (left > noise_passes::most_groups) left = noise_passes::most_groups;
    const noise_passes passes(noise, first, int(left));
    for (int i = 0; i < int(left); ++i) {
      class_vector g[quad_size];
      passes.gumbels(i, g);
      memory.write_numbers(first + std::uint64_t(i * class_width), g);
    }
  }
}

// Same as the scalar version (detail/rows/softmax.hpp).
template <class V, class Memory, class Cache>
GUMBELCUDA_INLINE float cache_scores(const row_in_vectors& part,
                                     const row_scores<V, drawn_gumbels, row_in_vectors, Memory>& scores, Cache& cache) {
  V top(-INFINITY);
  for (std::int64_t first = 0; first < part.quads(); first += noise_passes::most_groups) {
    const std::int64_t left = part.quads() - first;
    const int groups = left < noise_passes::most_groups ? int(left) : noise_passes::most_groups;
    const noise_passes passes(scores.gumbels.noise, part.quad(first), groups);
    for (int i = 0; i < groups; ++i) {
      V z[quad_size], g[quad_size];
      passes.gumbels(i, g);
      scores.memory.read(part.quad(first + i), V(-INFINITY), z);
      plain_score{}(z, g, z);
      top = max(top, row_max(z, fixed<quad_size>{}));
      cache.set(first + i, z);
    }
  }
  return part.max(top);
}

GUMBELCUDA_MATH_END
