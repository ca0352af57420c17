// SPDX-License-Identifier: Apache-2.0
// What one core can do at most: so many operations on numbers of 32 bits, side by side in its widest vectors, in
// chains that are long enough to keep it busy. cpu_limits.cpp is compiled for the processor that compiles it.
#pragma once

#include <cstdint>

namespace cpu_limits {

void fused_multiply_adds(std::uint64_t count);
// 32 × 32 → 64 bits.
void widening_multiplies(std::uint64_t count);
// Words of Philox4x32-10 that are made and thrown away.
void philox_words(std::uint64_t count);

}  // namespace cpu_limits
