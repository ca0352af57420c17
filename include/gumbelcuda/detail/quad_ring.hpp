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
  GUMBELCUDA_INLINE void clear() { end_ = 0; }

  // Generates quads up to `end`, so that those from max(begin, end − ClassCapacity) on are available.
  GUMBELCUDA_INLINE void stage(int begin, int end, std::uint64_t first_block, row_blocks& blocks, Classes classes) {
    for (int quad = end_ > begin ? end_ : begin; quad < end; ++quad)
      blocks.write(first_block + std::uint64_t(quad) * std::uint64_t(int(classes)), classes, words(quad, classes));
    end_ = end;
  }
  // Class k's words of the quad's four samples are words(quad, classes)[4·k …].
  GUMBELCUDA_INLINE simd_word* words(int quad, Classes classes) {
    return words_ + (quad % ClassCapacity) * 4 * classes;
  }

 private:
  int end_ = 0;
  simd_word words_[ClassCapacity * 4 * capacity<Classes>::classes];
};

GUMBELCUDA_MATH_END
