// SPDX-License-Identifier: Apache-2.0
// The size of a toy GAN, and the order in which its training uses the noise stream. No other file decides which word is
// used for what. docs/noise-stream.md says the same in prose.
#pragma once

#include <cstdint>

#include "gumbelcuda/math/row.hpp"

GUMBELCUDA_MATH_BEGIN

inline constexpr int max_classes = 1024, max_batch_size = 4096;

// Classes and Batch are fixed<N> if N is known when compiling, otherwise int or bounded<N>. Classes may also be the
// count of a row that is spread over threads (math/row.hpp).
template <class Classes, class Batch>
struct gan_shape {
  Classes classes;
  Batch batch;
  int generator_steps;
};

template <class Count>
struct capacity;
template <int N>
struct capacity<fixed<N>> {
  static constexpr int classes = N;
};
template <int N>
struct capacity<bounded<N>> {
  static constexpr int classes = N;
};
template <>
struct capacity<int> {
  static constexpr int classes = max_classes;
};

// Block numbers (four words each) of GAN `row`'s stream, in order of use:
//
//   ⌈K/4⌉ blocks        the discriminator's initial weights, class k = word k
//   then for each step  ⌈B/4⌉ blocks: the real samples of the discriminator update, sample s = word s;
//                       then fake samples in fours ("quads"), K blocks a quad: block k holds class k's word
//                       for each of the four. Samples count on through the step: the first B are the
//                       discriminator update's, the next B the first generator update's, and so on.
struct noise_order {
  std::uint64_t weight_blocks, real_blocks, quads, classes;

  template <class Classes, class Batch>
  GUMBELCUDA_HD constexpr explicit noise_order(const gan_shape<Classes, Batch>& shape)
      : weight_blocks((std::uint64_t(row_length(shape.classes)) + 3) / 4),
        real_blocks((std::uint64_t(int(shape.batch)) + 3) / 4),
        quads((std::uint64_t(int(shape.batch)) * (std::uint64_t(shape.generator_steps) + 1) + 3) / 4),
        classes(std::uint64_t(row_length(shape.classes))) {}

  GUMBELCUDA_HD constexpr std::uint64_t real_block(std::uint64_t step) const {
    return weight_blocks + step * (real_blocks + quads * classes);
  }
  GUMBELCUDA_HD constexpr std::uint64_t fake_block(std::uint64_t step, std::uint64_t quad) const {
    return real_block(step) + real_blocks + quad * classes;
  }
};

GUMBELCUDA_MATH_END
