// SPDX-License-Identifier: Apache-2.0
// The size of a warp, and all of its lanes.
#pragma once

namespace gumbelcuda {

inline constexpr int warp_size = 32;
inline constexpr unsigned whole_warp = 0xffffffffu;

}  // namespace gumbelcuda
