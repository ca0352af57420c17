// SPDX-License-Identifier: Apache-2.0
// The version of the noise stream (docs/noise-stream.md), which every file names: raised if the stream ever changes.
#pragma once

#include <cstdint>

namespace gumbelcuda {

inline constexpr std::uint64_t stream_version = 1;

}  // namespace gumbelcuda
