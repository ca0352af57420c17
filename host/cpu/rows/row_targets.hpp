// SPDX-License-Identifier: Apache-2.0
// Each instruction set's operations on rows, by name, so that files which only pass them on need not be recompiled for
// each new operation.
#pragma once

namespace gumbelcuda {

struct cpu_row_operations;  // row_operations.hpp

// The operations that every build has, in host/cpu/targets/.
extern const cpu_row_operations cpu_rows_scalar;

}  // namespace gumbelcuda
