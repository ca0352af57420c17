// SPDX-License-Identifier: Apache-2.0
// The operations on rows of each instruction set by name: who only passes them on need not compile again with each new
// operation.
#pragma once

namespace gumbelcuda {

struct cpu_row_operations;  // row_operations.hpp

// In host/cpu/targets/, as far as built.
extern const cpu_row_operations cpu_rows_scalar, cpu_rows_avx2, cpu_rows_avx512, cpu_rows_neon;

}  // namespace gumbelcuda
