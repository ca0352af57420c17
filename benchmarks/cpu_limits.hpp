// SPDX-License-Identifier: Apache-2.0
// The most that one core can do: so many operations on 32-bit numbers in its widest vectors, in enough independent
// chains to keep it busy. cpu_limits.cpp is compiled for the building machine's processor.
#pragma once

#include <cstdint>

namespace cpu_limits {

void fused_multiply_adds(std::uint64_t count);
// 32 × 32 → 64 bits.
void widening_multiplies(std::uint64_t count);
// Computes words of Philox4x32-10 and discards them.
void philox_words(std::uint64_t count);

}  // namespace cpu_limits
