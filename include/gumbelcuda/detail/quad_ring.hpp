// SPDX-License-Identifier: Apache-2.0
// Generates random words ahead of their use, in a small buffer. Philox is a long chain of dependent multiplications: it
// reaches full speed only if many blocks are in progress and nothing else is.
#pragma once

#include "gumbelcuda/detail/gan/shape.hpp"
#include "gumbelcuda/detail/row_blocks.hpp"

GUMBELCUDA_MATH_BEGIN

// The latest quads of a step (see noise_order) for every element. ClassCapacity: the number of quads held at once.
template <class Classes, int ClassCapacity>
class quad_ring {
 public:
  GUMBELCUDA_INLINE void clear() { begin_ = end_ = 0; }

  // Generates what is missing of quads begin … end − 1, at most ClassCapacity of them. Usually a caller goes forward.
  // Blocks: row_blocks, or another source of the words of each element's row.
  template <class Blocks>
  GUMBELCUDA_INLINE void stage(int begin, int end, std::uint64_t first_block, Blocks& blocks, Classes classes) {
    if (begin < begin_ || begin > end_) begin_ = end_ = begin;
    for (; end_ < end; ++end_)
      blocks.write(first_block + std::uint64_t(end_) * std::uint64_t(int(classes)), classes, words(end_, classes));
    begin_ = end_ - begin_ > ClassCapacity ? end_ - ClassCapacity : begin_;
  }
  // Class k's words of the quad's four samples are words(quad, classes)[4·k …].
  GUMBELCUDA_INLINE simd_word* words(int quad, Classes classes) {
    return words_ + (quad % ClassCapacity) * 4 * classes;
  }

 private:
  int begin_ = 0, end_ = 0;  // what is there
  simd_word words_[ClassCapacity * 4 * capacity<Classes>::classes];
};

GUMBELCUDA_MATH_END
