// SPDX-License-Identifier: Apache-2.0
// The checksum that HDF5's filter fletcher32 appends to a chunk (HDF5 File Format Specification, filter 3): Fletcher's
// two sums modulo 65,535 over 16-bit words whose first byte is the higher one. HDF5 checks it when it reads.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gumbelcuda {

// Of an even number of bytes.
std::uint32_t fletcher32_of_chunk(const char* bytes, std::size_t count);

}  // namespace gumbelcuda
