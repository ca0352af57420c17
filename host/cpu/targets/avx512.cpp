// SPDX-License-Identifier: Apache-2.0
// AVX-512 (F, BW, DQ, VL); CMake compiles this file, and only this one, with those flags.
#define GUMBELCUDA_ISA avx512
#include "host/cpu/train_simd.inl"

static bool is_supported() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

namespace gumbelcuda {
const cpu_target cpu_target_avx512 = {"avx512",           avx512::simd_width,    is_supported, avx512::workspace_bytes,
                                      avx512::train_lanes, avx512::train_single};
}
