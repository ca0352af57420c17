// SPDX-License-Identifier: Apache-2.0
// AVX2 with FMA; CMake compiles this file, and only this one, with those flags.
#define GUMBELCUDA_ISA avx2
#include "host/cpu/train_simd.inl"

namespace gumbelcuda {
const cpu_target cpu_target_avx2 = {"avx2", avx2::simd_width, avx2::workspace_bytes, avx2::train_lanes, avx2::train_single,
                                    &cpu_rows_avx2};
}
