// SPDX-License-Identifier: Apache-2.0
// Recorded values of the operations on rows, from release to release. A change of any of them is a change of the noise
// stream or of the mathematics, which the change log must say.
#pragma once

#include <cstdint>

#include "gumbelcuda/rows/tasks.hpp"

namespace gumbelcuda::golden {

// Bits of the noise of seed 42, row 0, and of a quad that begins with these words.
inline constexpr std::uint32_t first_noise[] = {0x3d556e81u, 0x3eeac3ecu, 0x4024e2c8u, 0x3f600657u,
                                                0xbfbda2c9u, 0x3f6d1375u, 0x3ea73b81u, 0x3f00583fu};
inline constexpr std::uint32_t rare_words[] = {0, 5, 4095};
inline constexpr std::uint32_t rare_noise[] = {0x41b5c7c0u, 0x41a3b964u, 0x415dcf11u, 0x3ff5b81cu};

// Of the arrays of every_operation(), in its order.
struct batch {
  number_type type;
  std::uint64_t of_operations[9];
};
inline constexpr batch fingerprints[] = {
    {number_type::float32,
     {0x78a7ef7245c4ad1bu, 0xf8e96d3dbba51296u, 0x67785a77d2044a32u, 0xf5846fb12e4d31e6u, 0xe36ff72c7b75cee8u,
      0xe094d0b056217b39u, 0xb855f0458f765454u, 0x1d91dd39c7bca4d9u, 0xcbf7a16bc31f675fu}},
    {number_type::float16,
     {0xbff6d85200b4ecd2u, 0xf8e96d3dbba51296u, 0xc12235e3331e4477u, 0x0b94e16277822a8bu, 0x07c8ab57399e0b09u,
      0xa4282ca3c4dc478du, 0xb855f0458f765454u, 0x1d91dd39c7bca4d9u, 0xcbf7a16bc31f675fu}},
    {number_type::bfloat16,
     {0x29082e7698fc9267u, 0xf8e96d3dbba51296u, 0x37b9dc4177ba0fd1u, 0x21d1f6b93bcc84eeu, 0xd6db024737da0b68u,
      0x86c1b1f70694e597u, 0xb855f0458f765454u, 0x1d91dd39c7bca4d9u, 0xcbf7a16bc31f675fu}},
    {number_type::float64,
     {0xd16be4ececd40f93u, 0xfdf4c532e2af8cd8u, 0x51db570359f42d53u, 0xd91002554cf5a575u, 0xf49a6f42361aab98u,
      0x0ac410ff29dd9236u, 0x204499073649e75du, 0x1d91dd39c7bca4d9u, 0xcbf7a16bc31f675fu}},
};

}  // namespace gumbelcuda::golden
