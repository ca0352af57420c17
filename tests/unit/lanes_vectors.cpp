// SPDX-License-Identifier: Apache-2.0
// Tables for the vectors of detail/simd.hpp. A lane is one or two vectors: element N - 1 of the table is for N
// vectors. Like host/cpu/targets/, this file is compiled for each instruction set.
#include "gumbelcuda/detail/simd.hpp"
#include "host/cpu/targets/isa.hpp"
#include "tests/unit/lanes_body.inl"

GUMBELCUDA_MATH_BEGIN
template <int N>
struct vector_access {
  using real = simd_float_n<N>;
  using stream_word = wide_word;
  static constexpr int width = real::width, stream_width = vector_width;
  GUMBELCUDA_INLINE static real load(const float* x) { return real::load(x); }
  GUMBELCUDA_INLINE static simd_word_n<N> load(const std::uint32_t* x) { return simd_word_n<N>::load(x); }
  GUMBELCUDA_INLINE static void store(const real& x, float* out) { x.store(out); }
  GUMBELCUDA_INLINE static stream_word load_stream(const std::uint32_t* x) {
    return stream_word(hn::LoadU(word_tag(), x));
  }
  GUMBELCUDA_INLINE static void store_stream(stream_word x, std::uint32_t* out) {
    hn::StoreU(narrow(x), word_tag(), out);
  }
  GUMBELCUDA_INLINE static std::uint32_t bits_of_mask(const simd_mask_n<N>& x) { return mask_bits(x); }
};
GUMBELCUDA_MATH_END

namespace lanes {
extern const lane_set GUMBELCUDA_JOIN(GUMBELCUDA_ISA, _lanes)[2];
constinit const lane_set GUMBELCUDA_JOIN(GUMBELCUDA_ISA, _lanes)[2] = {
    gumbelcuda::on_arrays<gumbelcuda::vector_access<1>>::table(GUMBELCUDA_QUOTE(GUMBELCUDA_ISA) ", one vector"),
    gumbelcuda::on_arrays<gumbelcuda::vector_access<2>>::table(GUMBELCUDA_QUOTE(GUMBELCUDA_ISA) ", two vectors")};
}  // namespace lanes
