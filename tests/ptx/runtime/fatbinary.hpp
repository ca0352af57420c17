// SPDX-License-Identifier: Apache-2.0
// Finds PTX in what nvcc embeds in an object file: a header, then entries, each with a header of its own and either
// machine code or PTX, which may be compressed. The layout is not documented; this reads what CUDA 12 and 13 write.
#pragma once

#include <string>

namespace gumbelcuda::ptx {

// `wrapper` is what host code registers. Throws an error of kind unreadable if there is no PTX, or none that
// can be read: what nvcc compresses, which is zstd since 12.8, takes libzstd.
std::string ptx_of_fatbinary(const void* wrapper);

}  // namespace gumbelcuda::ptx
