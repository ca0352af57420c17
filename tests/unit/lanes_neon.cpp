// SPDX-License-Identifier: Apache-2.0
// The SIMD lanes compiled for neon, by this file's compiler flags.
#define GUMBELCUDA_ISA unit_neon
#define LANES_TABLES neon_lanes
#define LANES_NAME "neon"
#include "tests/unit/lanes_simd.inl"
