// SPDX-License-Identifier: Apache-2.0
// The scalar lane: float and uint32_t, as on a GPU thread.
#include "tests/unit/lanes_body.inl"

GUMBELCUDA_MATH_BEGIN
struct scalar_access {
  using real = float;
  using stream_word = std::uint32_t;
  static constexpr int width = 1, stream_width = 1;
  static real load(const float* x) { return *x; }
  static std::uint32_t load(const std::uint32_t* x) { return *x; }
  static void store(real x, float* out) { *out = x; }
  static stream_word load_stream(const std::uint32_t* x) { return *x; }
  static void store_stream(stream_word x, std::uint32_t* out) { *out = x; }
  static std::uint32_t bits_of_mask(bool x) { return x; }
};
GUMBELCUDA_MATH_END

namespace lanes {
extern const lane_set unit_scalar_lanes[1];
constinit const lane_set unit_scalar_lanes[1] = {gumbelcuda::on_arrays<gumbelcuda::scalar_access>::table("scalar")};
}  // namespace lanes
