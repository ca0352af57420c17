// SPDX-License-Identifier: Apache-2.0
// The SIMD lanes compiled for avx512, by this file's compiler flags.
#define GUMBELCUDA_ISA unit_avx512
#define LANES_TABLES avx512_lanes
#define LANES_NAME "avx512"
#include "tests/unit/lanes_simd.inl"
