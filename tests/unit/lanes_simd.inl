// SPDX-License-Identifier: Apache-2.0
// How lanes_body.inl loads and stores the vectors of host/cpu/simd.hpp.
#include "host/cpu/simd.hpp"

GUMBELCUDA_MATH_BEGIN
using real = simd_float;
using word = simd_word;
using stream_word = wide_word;
inline constexpr int width = simd_width, stream_width = vector_width;
GUMBELCUDA_INLINE real load(const float* x) { return simd_float::load(x); }
GUMBELCUDA_INLINE word load(const std::uint32_t* x) { return simd_word::load(x); }
GUMBELCUDA_INLINE void store(real x, float* out) { x.store(out); }
GUMBELCUDA_INLINE void store_stream(stream_word x, std::uint32_t* out) { hn::StoreU(narrow(x), word_tag(), out); }
GUMBELCUDA_INLINE stream_word load_stream(const std::uint32_t* x) { return stream_word(hn::LoadU(word_tag(), x)); }
GUMBELCUDA_INLINE std::uint32_t bits_of_mask(simd_mask x) { return mask_bits(x); }
GUMBELCUDA_MATH_END

#include "tests/unit/lanes_body.inl"
