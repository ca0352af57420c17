// SPDX-License-Identifier: Apache-2.0
// The operations on rows of each instruction set by name: who only passes them on need not compile again with each new
// operation.
#pragma once

namespace gumbelcuda {

struct cpu_row_operations;  // row_operations.hpp

// In host/cpu/targets/: those that every build has.
extern const cpu_row_operations cpu_rows_scalar;

}  // namespace gumbelcuda
