// SPDX-License-Identifier: Apache-2.0
// Straight-line kernels that do one thing to COUNT quads of words: count_instructions.py counts what one more quad
// adds.
#include "gumbelcuda/math/elementary.hpp"
#include "gumbelcuda/math/gumbel.hpp"
#include "gumbelcuda/math/philox.hpp"
#include "gumbelcuda/math/softmax.hpp"
#include "kernels/simt.cuh"

namespace gumbelcuda {

template <class Use>
__device__ void for_each_word(std::uint64_t seed, std::uint64_t row, Use use) {
  GUMBELCUDA_UNROLL
  for (int q = 0; q < COUNT; ++q) {
    const philox_block<std::uint32_t> block = stream_row{seed, row}(std::uint64_t(threadIdx.x) * COUNT + q);
    GUMBELCUDA_UNROLL
    for (int j = 0; j < 4; ++j) use(4 * q + j, block.word[j]);
  }
}

extern "C" __global__ void philox_word(std::uint64_t seed, std::uint64_t row, std::uint32_t* out) {
  for_each_word(seed, row, [&](int i, std::uint32_t word) { out[i] = word; });
}
extern "C" __global__ void gumbel_variate(std::uint64_t seed, std::uint64_t row, float* out) {
  for_each_word(seed, row, [&](int i, std::uint32_t word) { out[i] = gumbel<float>(word); });
}
extern "C" __global__ void exponential_of_score(std::uint64_t seed, std::uint64_t row, float* out, float top,
                                                float scale) {
  for_each_word(seed, row, [&](int i, std::uint32_t word) {
    out[i] = softmax_term(gumbel<float>(word), tempered_gap<float>(top, scale));
  });
}

}  // namespace gumbelcuda
