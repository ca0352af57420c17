// SPDX-License-Identifier: Apache-2.0
// AVX-512 (F, CD, BW, DQ, VL); CMake compiles this file, and only this one, with those flags.
#define GUMBELCUDA_ISA avx512
#include "host/cpu/train_simd.inl"

namespace gumbelcuda {
const cpu_target cpu_target_avx512 = {"avx512", avx512::simd_width, avx512::workspace_bytes, avx512::train_lanes, avx512::train_single,
                                      &cpu_rows_avx512};
}
