// SPDX-License-Identifier: Apache-2.0
// The scalar lane: float and uint32_t, as on a GPU thread.
#include "gumbelcuda/math/lane.hpp"
#include "gumbelcuda/math/philox.hpp"

#define LANES_TABLE portable_lanes
#define LANES_NAME "scalar"

GUMBELCUDA_MATH_BEGIN
using real = float;
using word = std::uint32_t;
using stream_word = std::uint32_t;
inline constexpr int width = 1, stream_width = 1;
inline real load(const float* x) { return *x; }
inline word load(const std::uint32_t* x) { return *x; }
inline void store(real x, float* out) { *out = x; }
inline void store_stream(stream_word x, std::uint32_t* out) { *out = x; }
inline stream_word load_stream(const std::uint32_t* x) { return *x; }
inline std::uint32_t bits_of_mask(bool x) { return x; }
GUMBELCUDA_MATH_END

#include "tests/unit/lanes_body.inl"
