// SPDX-License-Identifier: Apache-2.0
// The operations on rows for neon.cpp's processors.
#define GUMBELCUDA_ISA neon
#include "host/cpu/simd_noise.hpp"

#include "host/cpu/rows.inl"

namespace gumbelcuda {
const cpu_row_operations cpu_rows_neon = neon::row_operations;
}
