// SPDX-License-Identifier: Apache-2.0
// The size of a warp, all of its lanes, and what kernels with dynamic shared memory take of a block's memory besides.
#pragma once

#include <cstddef>

namespace gumbelcuda {

inline constexpr int warp_size = 32;
inline constexpr unsigned whole_warp = 0xffffffffu;
inline constexpr std::size_t most_static_shared_bytes = 16 * 1024;

}  // namespace gumbelcuda
