// SPDX-License-Identifier: Apache-2.0
// NEON, part of every 64-bit Arm processor.
#define GUMBELCUDA_ISA neon
#include "host/cpu/train_simd.inl"

namespace gumbelcuda {
const cpu_target cpu_target_neon = {"neon", neon::simd_width, neon::workspace_bytes, neon::train_lanes, neon::train_single,
                                    &cpu_rows_neon};
}
