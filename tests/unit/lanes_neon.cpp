// SPDX-License-Identifier: Apache-2.0
// The SIMD lane compiled for neon, by this file's compiler flags.
#define GUMBELCUDA_ISA unit_neon
#define LANES_TABLE neon_lanes
#define LANES_NAME "neon"
#include "tests/unit/lanes_simd.inl"
