// SPDX-License-Identifier: Apache-2.0
// The operations on rows for avx2.cpp's processors.
#define GUMBELCUDA_ISA avx2
#include "host/cpu/simd_noise.hpp"

#include "host/cpu/rows.inl"

namespace gumbelcuda {
const cpu_row_operations cpu_rows_avx2 = avx2::row_operations;
}
