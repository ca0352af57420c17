// SPDX-License-Identifier: Apache-2.0
// The SIMD lanes compiled for avx2, by this file's compiler flags.
#define GUMBELCUDA_ISA unit_avx2
#define LANES_TABLES avx2_lanes
#define LANES_NAME "avx2"
#include "tests/unit/lanes_simd.inl"
