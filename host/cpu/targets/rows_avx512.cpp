// SPDX-License-Identifier: Apache-2.0
// The operations on rows for avx512.cpp's processors.
#define GUMBELCUDA_ISA avx512
#include "host/cpu/simd_noise.hpp"

#include "host/cpu/rows.inl"

namespace gumbelcuda {
const cpu_row_operations cpu_rows_avx512 = avx512::row_operations;
}
